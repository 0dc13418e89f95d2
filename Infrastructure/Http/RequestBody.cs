using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Reads a request's body as JSON, whole and within its limits. RFC 7644 §3.1, §3.8.</summary>
public static class RequestBody
{
    /// <summary>
    /// Bytes of a body that is refused, but taken from the connection and thrown away: a client that is still sending when the connection
    /// closes does not read why.
    /// </summary>
    public static long MaxDrainedBytes(ScimLimits limits) => Math.Max(8 * 1024 * 1024, 2L * limits.MaxLargeBodyBytes);

    /// <param name="memory">Told how large the body is while it arrives.</param>
    /// <param name="large">Whether the body may be as large as one that holds many resources.</param>
    internal static async ValueTask<JsonElement> ReadAsync(HttpContext context, QuirkUse quirks, ScimLimits limits, bool large, BodyMemory.Share memory)
    {
        var maxBytes = large ? limits.MaxLargeBodyBytes : limits.MaxBodyBytes;
        CheckContentType(context.Request, quirks);
        if (context.Request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes, large);
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await ReadPartAsync(reader, context);
            try
            {
                if (result.Buffer.Length > maxBytes)
                {
                    throw TooLarge(maxBytes, large);
                }

                memory.Grow(result.Buffer.Length);
            }
            catch (ScimException)
            {
                // Taken, so that the rest can be drained and the client reads why.
                reader.AdvanceTo(result.Buffer.End);
                throw;
            }

            if (result.IsCompleted)
            {
                if (result.Buffer.IsSingleSegment)
                {
                    try
                    {
                        return StrictJson.Parse(result.Buffer.FirstSpan, limits);
                    }
                    finally
                    {
                        reader.AdvanceTo(result.Buffer.End);
                    }
                }

                // What came in pieces is given back before the document is made.
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return StrictJson.Parse(body, limits, tokens => memory.Grow(body.Length, tokens));
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    internal static ScimException TooLarge(int maxBytes, bool large) => ScimException.PayloadTooLarge($"The body is larger than {maxBytes} bytes{(large ? " (maxPayloadSize)" : "")}.");

    /// <summary>The server reports a chunk size that overflows as a fault of the connection; it is the client's.</summary>
    private static async ValueTask<ReadResult> ReadPartAsync(PipeReader reader, HttpContext context)
    {
        try
        {
            return await reader.ReadAsync(context.RequestAborted);
        }
        catch (IOException fault) when (fault is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            throw ScimException.InvalidSyntax("The body ended early or is not valid HTTP.");
        }
    }

    private static void CheckContentType(HttpRequest request, QuirkUse quirks)
    {
        if (request.Headers.ContentEncoding.Any(encoding => !"identity".Equals(encoding, StringComparison.OrdinalIgnoreCase)))
        {
            throw ScimException.UnsupportedMediaType("Send the body without a Content-Encoding.");
        }

        if (string.IsNullOrEmpty(request.ContentType))
        {
            if (quirks.Allows(Quirk.MissingContentType))
            {
                return;
            }
        }
        else if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/scim+json", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        throw ScimException.UnsupportedMediaType("Send the body as application/scim+json in UTF-8.");
    }
}
