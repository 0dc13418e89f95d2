using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using ScimSlice.Infrastructure.Http;

namespace ScimSlice.Infrastructure.OpenApi;

/// <summary>Serves the document of the application API, to everybody: it tells of the program, and nothing of who uses it.</summary>
public static class OpenApiRoute
{
    private static readonly ApiOperation Operation = new("GetOpenApi", "This document")
    {
        Parameters = [new ApiParameter.Text("If-None-Match", "The ETag of the document that one has.") { Place = ParameterPlace.Header }],
        Answer = ApiSchema.Of("OpenApi", $$"""{ "type": "object", "description": "A document of OpenAPI 3.1.", "required": ["openapi", "info", "paths"] }"""),
        Others = new Dictionary<int, string> { [304] = "The document is as one has it." },
        IsPublic = true,
    };

    public static void MapOpenApi(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        Made? made = null;
        routes.MapDescribed("GET", "/openapi.json", Operation, context =>
        {
            // Made when it is first asked for, since all routes are there then; the address may be known a moment later.
            var url = services.GetRequiredService<PublicAddress>().Urls.ApiUrl;
            var known = made?.Url == url ? made : made = Made.Of(services.GetRequiredService<EndpointDataSource>(), url);
            return AnswerAsync(context, known.Text, known.Tag);
        });
    }

    private static Task AnswerAsync(HttpContext context, byte[] text, EntityTagHeaderValue tag)
    {
        ApiEndpoints.AdmitAnybody(context);
        _ = new ApiRequest(context, Operation);
        context.Response.Headers.ETag = tag.ToString();
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = text.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(text, context.RequestAborted).AsTask();
    }

    private sealed record Made(string Url, byte[] Text, EntityTagHeaderValue Tag)
    {
        public static Made Of(EndpointDataSource routes, string url)
        {
            var text = OpenApiDocument.Write(routes.Endpoints, url);
            return new Made(url, text, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(text))[..32]}\""));
        }
    }
}
