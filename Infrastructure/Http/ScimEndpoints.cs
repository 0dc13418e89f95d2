using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Maps routes to messages: the wire form is read, the message sent, the answer written.</summary>
public static class ScimEndpoints
{
    /// <summary>A route that reads: GET with HEAD, or a POST that carries a search.</summary>
    public static void MapRead<TQuery>(this IEndpointRouteBuilder routes, string method, string pattern, Func<ScimRequest, TQuery> from)
        where TQuery : IQuery<ScimResponse>
    {
        var shared = Shared.Of(routes.ServiceProvider);
        routes.MapMethods(pattern, method == "GET" ? ["GET", "HEAD"] : [method], context =>
            RunAsync(context, shared, TokenScope.Read, request => context.RequestServices.GetRequiredService<ISender>().Send(from(request), context.RequestAborted)));
    }

    /// <summary>The routes of one resource type.</summary>
    public static ResourceRoutes MapResource(this IEndpointRouteBuilder routes, string endpoint, int maxBytes = RequestBody.MaxBytes) => new(routes, endpoint) { MaxBytes = maxBytes };

    /// <summary>A route that changes something; a token that may only read is refused.</summary>
    public static void MapWrite<TCommand>(
        this IEndpointRouteBuilder routes, string method, string pattern, Func<ScimRequest, TCommand> from, int maxBytes = RequestBody.MaxBytes)
        where TCommand : ICommand<ScimResponse>
    {
        var shared = Shared.Of(routes.ServiceProvider);
        routes.MapMethods(pattern, [method], context => RunAsync(
            context,
            shared,
            TokenScope.Write,
            request => context.RequestServices.GetRequiredService<ISender>().Send(from(request), context.RequestAborted),
            maxBytes));
    }

    private static async Task RunAsync(
        HttpContext context, Shared shared, TokenScope needed, Func<ScimRequest, ValueTask<ScimResponse>> send, int maxBytes = RequestBody.MaxBytes)
    {
        var grant = context.Features.Get<TokenGrant>() ?? throw new InvalidOperationException("A SCIM route was reached without a token.");
        shared.TokenUse.Note(grant);
        shared.Limiter.CheckRate(grant.OrganizationId);
        CheckScope(context, grant, needed);

        var quirks = new QuirkUse(grant.Settings.Strict);
        var request = await ReadAsync(context, grant, quirks, shared.Address.Urls, maxBytes);

        // A place is taken only now that the request is complete: a slow body holds none.
        using (shared.Limiter.TakePlace(grant.OrganizationId))
        {
            var response = await send(request);
            await ScimResponseWriter.WriteAsync(context, response, shared.Address.Urls);
        }

        foreach (var quirk in quirks.Used)
        {
            ScimTelemetry.Quirks.Add(1, new KeyValuePair<string, object?>("scim.quirk", quirk.ToString()));
        }
    }

    private static async ValueTask<ScimRequest> ReadAsync(HttpContext context, TokenGrant grant, QuirkUse quirks, PublicUrls urls, int maxBytes)
    {
        var http = context.Request;
        return new ScimRequest
        {
            Schemas = grant.Schemas,
            Quirks = quirks,
            Urls = urls,
            Id = context.GetRouteValue("id") as string ?? "",
            Query = http.QueryString.HasValue ? ReadQuery(http.Query) : EmptyQuery,
            Body = HttpMethods.IsPost(http.Method) || HttpMethods.IsPut(http.Method) || HttpMethods.IsPatch(http.Method)
                ? await RequestBody.ReadAsync(context, quirks, maxBytes)
                : default,
            HeadersOnly = HttpMethods.IsHead(http.Method),
            Prefer = http.Headers["Prefer"] is { Count: > 0 } prefer ? prefer.ToString() : null,
            IfMatch = http.Headers.IfMatch is { Count: > 0 } ifMatch ? ifMatch.ToString() : null,
            IfNoneMatch = http.Headers.IfNoneMatch is { Count: > 0 } ifNoneMatch ? ifNoneMatch.ToString() : null,
        };
    }

    private static readonly Dictionary<string, IReadOnlyList<string>> EmptyQuery = [];

    private static Dictionary<string, IReadOnlyList<string>> ReadQuery(IQueryCollection sent)
    {
        var query = new Dictionary<string, IReadOnlyList<string>>(sent.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in sent)
        {
            query[name] = values.Count == 1 ? [values[0] ?? ""] : [.. values.Select(value => value ?? "")];
        }

        return query;
    }

    /// <summary>RFC 6750 §3.1: a valid token that does not reach so far is 403 insufficient_scope.</summary>
    private static void CheckScope(HttpContext context, TokenGrant grant, TokenScope needed)
    {
        if (grant.Scope < needed)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"write\"";
            throw ScimException.Forbidden("This token may only read.");
        }
    }

    /// <summary>What all requests use together, looked up once and not by each.</summary>
    private sealed record Shared(RequestLimiter Limiter, TokenUse TokenUse, PublicAddress Address)
    {
        public static Shared Of(IServiceProvider services) => new(
            services.GetRequiredService<RequestLimiter>(), services.GetRequiredService<TokenUse>(), services.GetRequiredService<PublicAddress>());
    }
}
