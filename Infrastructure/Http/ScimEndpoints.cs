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
        where TQuery : IQuery<ScimResponse> =>
        routes.MapMethods(pattern, method == "GET" ? ["GET", "HEAD"] : [method], context =>
            RunAsync(context, TokenScope.Read, request => context.RequestServices.GetRequiredService<ISender>().Send(from(request), context.RequestAborted)));

    /// <summary>A route that changes something; a token that may only read is refused.</summary>
    public static void MapWrite<TCommand>(this IEndpointRouteBuilder routes, string method, string pattern, Func<ScimRequest, TCommand> from)
        where TCommand : ICommand<ScimResponse> =>
        routes.MapMethods(pattern, [method], context =>
            RunAsync(context, TokenScope.Write, request => context.RequestServices.GetRequiredService<ISender>().Send(from(request), context.RequestAborted)));

    private static async Task RunAsync(HttpContext context, TokenScope needed, Func<ScimRequest, ValueTask<ScimResponse>> send)
    {
        var grant = context.Features.Get<TokenGrant>() ?? throw new InvalidOperationException("A SCIM route was reached without a token.");
        var services = context.RequestServices;
        var limiter = services.GetRequiredService<RequestLimiter>();
        services.GetRequiredService<TokenUse>().Note(grant);
        services.GetRequiredService<CurrentOrganization>().Set(grant);
        limiter.CheckRate(grant.OrganizationId);
        CheckScope(context, grant, needed);

        var quirks = new QuirkUse(grant.Settings.Strict);
        var request = await ReadAsync(context, grant, quirks);

        // A place is taken only now that the request is complete: a slow body holds none.
        using (limiter.TakePlace(grant.OrganizationId))
        {
            var response = await send(request);
            await ScimResponseWriter.WriteAsync(context, response, services.GetRequiredService<PublicAddress>().Urls);
        }

        foreach (var quirk in quirks.Used)
        {
            ScimTelemetry.Quirks.Add(1, new KeyValuePair<string, object?>("scim.quirk", quirk.ToString()));
        }
    }

    private static async ValueTask<ScimRequest> ReadAsync(HttpContext context, TokenGrant grant, QuirkUse quirks)
    {
        var http = context.Request;
        return new ScimRequest
        {
            Schemas = grant.Schemas,
            Quirks = quirks,
            Urls = context.RequestServices.GetRequiredService<PublicAddress>().Urls,
            Id = context.GetRouteValue("id") as string ?? "",
            Query = http.QueryString.HasValue
                ? http.Query.ToDictionary(pair => pair.Key, IReadOnlyList<string> (pair) => [.. pair.Value.Select(value => value ?? "")], StringComparer.OrdinalIgnoreCase)
                : EmptyQuery,
            Body = HttpMethods.IsPost(http.Method) || HttpMethods.IsPut(http.Method) || HttpMethods.IsPatch(http.Method)
                ? await RequestBody.ReadAsync(context, quirks)
                : default,
            IfMatch = http.Headers.IfMatch is { Count: > 0 } ifMatch ? ifMatch.ToString() : null,
            IfNoneMatch = http.Headers.IfNoneMatch is { Count: > 0 } ifNoneMatch ? ifNoneMatch.ToString() : null,
        };
    }

    private static readonly Dictionary<string, IReadOnlyList<string>> EmptyQuery = [];

    /// <summary>RFC 6750 §3.1: a valid token that does not reach so far is 403 insufficient_scope.</summary>
    private static void CheckScope(HttpContext context, TokenGrant grant, TokenScope needed)
    {
        if (grant.Scope < needed)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"write\"";
            throw ScimException.Forbidden("This token may only read.");
        }
    }
}
