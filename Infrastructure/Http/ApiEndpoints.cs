using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Maps the routes of the application API: what the organization's own application reads, with a token of the scope <c>events</c>.</summary>
public static class ApiEndpoints
{
    /// <summary>Where the application API lies.</summary>
    public const string Path = "/api/v1";

    /// <summary>A route that answers a GET with JSON.</summary>
    public static void MapApi<TAnswer>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, IQuery<TAnswer>> from, ApiOperation operation)
        where TAnswer : IApiAnswer => routes.MapDescribed("GET", pattern, operation, async context =>
        {
            var grant = Admit(context);
            using var page = await context.RequestServices.GetRequiredService<RequestLimiter>().TakePageAsync(grant.OrganizationId, context.RequestAborted);
            var answer = await context.RequestServices.GetRequiredService<ISender>().Send(from(new ApiRequest(context, operation)), context.RequestAborted);
            await WriteAsync(context, answer);
        });

    /// <summary>A route that answers a POST, which has parameters and no body, with JSON.</summary>
    public static void MapApiAction<TAnswer>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, ICommand<TAnswer>> from, ApiOperation operation)
        where TAnswer : IApiAnswer => routes.MapDescribed("POST", pattern, operation, async context =>
        {
            var grant = Admit(context);
            using var page = await context.RequestServices.GetRequiredService<RequestLimiter>().TakePageAsync(grant.OrganizationId, context.RequestAborted);
            var answer = await context.RequestServices.GetRequiredService<ISender>().Send(from(new ApiRequest(context, operation)), context.RequestAborted);
            await WriteAsync(context, answer);
        });

    /// <summary>The route of the change feed: it answers at once, waits for what comes (<c>wait</c>), or stays open (<c>text/event-stream</c>).</summary>
    public static void MapFeed<TBatch>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, long, IQuery<TBatch>> from, ApiOperation operation)
        where TBatch : IApiAnswer, IEventBatch
    {
        var feed = ActivatorUtilities.CreateInstance<EventFeed>(routes.ServiceProvider);
        var followed = EventFeed.Describe(operation);
        routes.MapDescribed("GET", pattern, followed, context =>
        {
            var grant = Admit(context);
            var request = new ApiRequest(context, followed);
            return feed.AnswerAsync(context, grant, request, after => from(request, after));
        });
    }

    /// <summary>The route at which events are fetched by a POST with a body. RFC 8936.</summary>
    public static void MapPoll<TAnswer>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, IPollCommand<TAnswer>> from, ApiOperation operation)
        where TAnswer : IApiAnswer, IFetchedEvents
    {
        var poll = ActivatorUtilities.CreateInstance<EventPoll>(routes.ServiceProvider);
        routes.MapDescribed("POST", pattern, operation, context => poll.AnswerAsync(context, Admit(context), operation, from));
    }

    /// <summary>A route that answers a GET with JSON to whoever asks.</summary>
    public static void MapPublic<TAnswer>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, IQuery<TAnswer>> from, ApiOperation operation)
        where TAnswer : IApiAnswer
    {
        var open = operation with { IsPublic = true };
        routes.MapDescribed("GET", pattern, open, async context =>
        {
            AdmitAnybody(context);
            var answer = await context.RequestServices.GetRequiredService<ISender>().Send(from(new ApiRequest(context, open)), context.RequestAborted);
            context.Response.Headers.CacheControl = "public, max-age=300";
            await WriteAsync(context, answer);
        });
    }

    /// <summary>A route together with what is said of it. Throws <see cref="InvalidOperationException"/> where it says nothing of a parameter in the path.</summary>
    /// <param name="method">With GET, HEAD is served too.</param>
    internal static void MapDescribed(this IEndpointRouteBuilder routes, string method, string pattern, ApiOperation operation, RequestDelegate answer)
    {
        if (!RoutePatternFactory.Parse(pattern).Parameters.Select(parameter => parameter.Name).SequenceEqual(operation.Names(ParameterPlace.Path)))
        {
            throw new InvalidOperationException($"{operation.Name} does not say what stands in {pattern}.");
        }

        var route = routes.MapMethods(pattern, method == "GET" ? ["GET", "HEAD"] : [method], answer).WithMetadata(operation);
        if (operation.IsPublic)
        {
            route.AllowAnonymous();
        }
    }

    /// <summary>Writes an answer as JSON.</summary>
    internal static async Task WriteAsync(HttpContext context, IApiAnswer answer)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        await using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            answer.WriteTo(writer);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = output.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted);
        }
    }

    /// <summary>Who has no token is counted by the network. Throws 429 for too many requests.</summary>
    internal static void AdmitAnybody(HttpContext context)
    {
        var network = ClientNetwork.Of(context.Connection.RemoteIpAddress, ClientNetwork.Assigned);
        context.RequestServices.GetRequiredService<RequestLimiter>().CheckRate($"public {network}");
    }

    /// <summary>Whose token it is. Throws 403 for one that is meant for SCIM, 429 for too many requests.</summary>
    private static TokenGrant Admit(HttpContext context)
    {
        var services = context.RequestServices;
        var grant = context.Features.Get<TokenGrant>() ?? throw new InvalidOperationException("A route of the API was reached without a token.");
        services.GetRequiredService<TokenUse>().Note(grant);

        // Counted apart from SCIM: an application that asks too often must not keep the identity provider out.
        services.GetRequiredService<RequestLimiter>().CheckRate(string.Create(CultureInfo.InvariantCulture, $"api {grant.OrganizationId}"));
        if (grant.Scope != TokenScope.Events)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"events\"";
            throw ScimException.Forbidden("This token is for SCIM; the application has one of its own ('token create ORG --scope events').");
        }

        return grant;
    }
}
