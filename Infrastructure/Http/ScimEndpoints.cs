using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Mediation;
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
            RunAsync(context, shared, TokenScope.Read, (request, token) => context.RequestServices.GetRequiredService<ISender>().Send(from(request), token)));
    }

    /// <summary>A route that reads what takes much to be made: it waits for one of a few places of its organization.</summary>
    public static void MapCostlyRead<TQuery>(this IEndpointRouteBuilder routes, string pattern, Func<ScimRequest, TQuery> from)
        where TQuery : IQuery<ScimResponse>
    {
        var shared = Shared.Of(routes.ServiceProvider);
        routes.MapMethods(pattern, ["GET", "HEAD"], context => RunAsync(context, shared, TokenScope.Read, async (request, token) =>
        {
            var place = await shared.Limiter.TakePageAsync(context.RequestServices.GetRequiredService<CurrentOrganization>().Id, token);
            context.Response.RegisterForDispose(place);
            return await context.RequestServices.GetRequiredService<ISender>().Send(from(request), token);
        }));
    }

    /// <summary>The routes of one resource type.</summary>
    public static ResourceRoutes MapResource(this IEndpointRouteBuilder routes, string endpoint, bool large = false) => new(routes, endpoint) { Large = large };

    /// <summary>A route that changes something; a token that may only read is refused.</summary>
    public static void MapWrite<TCommand>(
        this IEndpointRouteBuilder routes, string method, string pattern, Func<ScimRequest, TCommand> from, bool large = false)
        where TCommand : ICommand<ScimResponse> => routes.MapWrite(method, pattern, pattern, named: false, from, large);

    /// <param name="endpoint">The route's path below the base URL, without what names one resource.</param>
    /// <param name="named">Whether the path names one.</param>
    internal static void MapWrite<TCommand>(
        this IEndpointRouteBuilder routes, string method, string pattern, string endpoint, bool named, Func<ScimRequest, TCommand> from, bool large)
        where TCommand : ICommand<ScimResponse>
    {
        var shared = Shared.Of(routes.ServiceProvider);
        var later = ActivatorUtilities.CreateInstance<LaterAnswer<TCommand>>(routes.ServiceProvider, endpoint, named);
        routes.ServiceProvider.GetRequiredService<DeferredOperations>().Add(method, endpoint, named, (sender, request, cancellationToken) => sender.Send(from(request), cancellationToken));
        routes.MapMethods(pattern, [method], context => RunAsync(
            context,
            shared,
            TokenScope.Write,
            (request, token) =>
            {
                var command = Charged(context, shared, from(request));
                return request.Prefer is not null && request.WantsLater
                    ? later.SendAsync(context, request, command, token)
                    : context.RequestServices.GetRequiredService<ISender>().Send(command, token);
            },
            large));
    }

    private static async Task RunAsync(
        HttpContext context, Shared shared, TokenScope needed, Func<ScimRequest, CancellationToken, ValueTask<ScimResponse>> send, bool large = false)
    {
        var grant = context.Features.Get<TokenGrant>() ?? throw new InvalidOperationException("A SCIM route was reached without a token.");
        shared.TokenUse.Note(grant);
        shared.Limiter.CheckRate(grant.OrganizationId);
        CheckScope(context, grant, needed);

        var trail = context.RequestServices.GetRequiredService<AuditTrail>();
        var quirks = new QuirkUse(grant.Settings.Strict);
        if (trail.Request is { } note)
        {
            note.Quirks = quirks;
        }

        using var memory = HasBody(context.Request.Method) ? shared.Memory.Rent(grant.OrganizationId) : null;
        var request = await ReadAsync(context, grant, quirks, shared, large, memory);

        // A place is taken only now that the request is complete: a slow body holds none.
        using (shared.Limiter.TakePlace(grant.OrganizationId))
        {
            var response = await shared.Time.RunAsync(request, send, context.RequestAborted);
            await WriteAsync(context, response, shared, needed == TokenScope.Read ? trail : null);
            if (needed == TokenScope.Write)
            {
                trail.Answered(response.Status);
                shared.Limiter.Drain(grant.OrganizationId, trail.RoleEvents);
            }
        }

        foreach (var quirk in quirks.Used)
        {
            ScimTelemetry.Quirks.Add(1, new KeyValuePair<string, object?>("scim.quirk", quirk.ToString()));
        }
    }

    /// <param name="reads">Where it is noted that something was read, also by a client that takes only a part; null for what is noted otherwise.</param>
    private static async Task WriteAsync(HttpContext context, ScimResponse response, Shared shared, AuditTrail? reads)
    {
        try
        {
            await ScimResponseWriter.WriteAsync(context, response, shared.Address.Urls);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            reads?.Read(response);
            throw;
        }

        reads?.Read(response);
    }

    /// <summary>What one request does many times counts so often, or Bulk would be a way round the limit.</summary>
    private static TCommand Charged<TCommand>(HttpContext context, Shared shared, TCommand command)
    {
        if (command is IComposed { Parts: > 1 } many)
        {
            shared.Limiter.CheckRate(context.RequestServices.GetRequiredService<CurrentOrganization>().Id, many.Parts);
        }

        return command;
    }

    private static async ValueTask<ScimRequest> ReadAsync(HttpContext context, TokenGrant grant, QuirkUse quirks, Shared shared, bool large, BodyMemory.Share? memory)
    {
        var http = context.Request;
        return new ScimRequest
        {
            Schemas = grant.Schemas,
            Quirks = quirks,
            Limits = shared.Limits,
            Urls = shared.Address.Urls,
            Id = context.GetRouteValue("id") as string ?? "",
            Query = http.QueryString.HasValue ? ReadQuery(http.Query) : EmptyQuery,
            Body = memory is not null ? await RequestBody.ReadAsync(context, quirks, shared.Limits, large, memory) : default,
            HeadersOnly = HttpMethods.IsHead(http.Method),
            Prefer = http.Headers["Prefer"] is { Count: > 0 } prefer ? prefer.ToString() : null,
            IfMatch = http.Headers.IfMatch is { Count: > 0 } ifMatch ? ifMatch.ToString() : null,
            IfNoneMatch = http.Headers.IfNoneMatch is { Count: > 0 } ifNoneMatch ? ifNoneMatch.ToString() : null,
        };
    }

    private static bool HasBody(string method) => HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method);

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
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"{(needed == TokenScope.Write ? "write" : "read")}\"";
            throw ScimException.Forbidden(grant.Scope == TokenScope.Events ? "This token is for following events; SCIM needs another." : "This token may only read.");
        }
    }

    /// <summary>What all requests use together, looked up once and not by each.</summary>
    private sealed record Shared(RequestLimiter Limiter, RequestTime Time, ScimLimits Limits, BodyMemory Memory, TokenUse TokenUse, PublicAddress Address)
    {
        public static Shared Of(IServiceProvider services) => new(
            services.GetRequiredService<RequestLimiter>(),
            services.GetRequiredService<RequestTime>(),
            services.GetRequiredService<ScimSliceOptions>().Limits.Scim,
            services.GetRequiredService<BodyMemory>(),
            services.GetRequiredService<TokenUse>(),
            services.GetRequiredService<PublicAddress>());
    }
}
