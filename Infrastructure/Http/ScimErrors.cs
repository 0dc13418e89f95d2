using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Http;

/// <summary>The one place that renders errors. RFC 7644 §3.12: JSON with the status as a string, whatever went wrong; below the application API RFC 9457.</summary>
internal static class ScimErrors
{
    /// <summary>An error below the application API.</summary>
    public static ApiSchema ProblemSchema { get; } = ApiSchema.Of("Problem", $$"""
        {
          "type": "object",
          "description": "What went wrong. RFC 9457.",
          "required": ["title", "status", "detail", "requestId"],
          "properties": {
            "title": { "type": "string", "description": "The status in words." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "What was wrong with this request, for people; it ends with the request's id." },
            "requestId": { "type": "string", "description": "Finds the request in the log." }
          }
        }
        """);

    public static Task WriteAsync(HttpContext context, ScimException error)
    {
        if (error.RetryAfter is { } seconds)
        {
            // Okta reads whole seconds only.
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, error.Status, error.ScimType, error.Marked);
    }

    /// <param name="marked">The detail, with marks around what the client wrote (see <see cref="Excerpt"/>).</param>
    public static Task WriteAsync(HttpContext context, int status, string? scimType, string marked)
    {
        var trail = context.RequestServices.GetRequiredService<AuditTrail>();
        if (trail.Request is { } request)
        {
            trail.Refused(request, status, scimType, marked);
        }

        var detail = ScimException.WithRequest(Excerpt.Shown(marked), trail.RequestId);
        var isApi = context.Request.Path.StartsWithSegments(ApiEndpoints.Path, StringComparison.Ordinal);
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            if (isApi)
            {
                WriteProblem(writer, status, detail, trail.RequestId);
            }
            else
            {
                ScimException.Write(writer, status, scimType, detail);
            }
        }

        var response = context.Response;

        // What an answer had begun to say of a resource is not so of an error.
        response.Headers.ETag = default;
        response.Headers.Location = default;
        response.Headers.ContentLocation = default;
        response.Headers.Link = default;
        response.StatusCode = status;
        response.ContentType = isApi ? "application/problem+json" : ScimResponseWriter.MediaType(context.Request);
        response.ContentLength = output.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(output.WrittenMemory).AsTask();
    }

    /// <summary>RFC 9457, for the application API.</summary>
    private static void WriteProblem(Utf8JsonWriter writer, int status, string detail, string requestId)
    {
        writer.WriteStartObject();
        writer.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
        writer.WriteNumber("status", status);
        writer.WriteString("detail", detail);
        writer.WriteString("requestId", requestId);
        writer.WriteEndObject();
    }
}
