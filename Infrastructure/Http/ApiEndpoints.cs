using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
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
    /// <param name="parameters">The names of the query's parameters; others are refused.</param>
    public static void MapApi<TAnswer>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, IQuery<TAnswer>> from, params string[] parameters)
        where TAnswer : IApiAnswer => routes.MapMethods(pattern, ["GET", "HEAD"], async context =>
        {
            var grant = Admit(context);
            using var page = await context.RequestServices.GetRequiredService<RequestLimiter>().TakePageAsync(grant.OrganizationId, context.RequestAborted);
            var answer = await context.RequestServices.GetRequiredService<ISender>().Send(from(new ApiRequest(context, parameters)), context.RequestAborted);
            await WriteAsync(context, answer);
        });

    /// <summary>A route that answers a POST, which has parameters and no body, with JSON.</summary>
    public static void MapApiAction<TAnswer>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, ICommand<TAnswer>> from, params string[] parameters)
        where TAnswer : IApiAnswer => routes.MapMethods(pattern, ["POST"], async context =>
        {
            var grant = Admit(context);
            using var page = await context.RequestServices.GetRequiredService<RequestLimiter>().TakePageAsync(grant.OrganizationId, context.RequestAborted);
            var answer = await context.RequestServices.GetRequiredService<ISender>().Send(from(new ApiRequest(context, parameters)), context.RequestAborted);
            await WriteAsync(context, answer);
        });

    /// <summary>The route of the change feed: it answers at once, waits for what comes (<c>wait</c>), or stays open (<c>text/event-stream</c>).</summary>
    public static void MapFeed<TBatch>(this IEndpointRouteBuilder routes, string pattern, Func<ApiRequest, long, IQuery<TBatch>> from, params string[] parameters)
        where TBatch : IApiAnswer, IEventBatch
    {
        var feed = ActivatorUtilities.CreateInstance<EventFeed>(routes.ServiceProvider);
        routes.MapMethods(pattern, ["GET", "HEAD"], context =>
        {
            var grant = Admit(context);
            var request = new ApiRequest(context, [.. parameters, "after", "wait"]);
            return feed.AnswerAsync(context, grant, request, after => from(request, after));
        });
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
