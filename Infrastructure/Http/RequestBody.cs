using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Reads a request's body whole and within its limits, mostly as JSON. RFC 7644 §3.1, §3.8.</summary>
public static class RequestBody
{
    /// <summary>
    /// Bytes of a body that is refused, but taken from the connection and thrown away: a client that is still sending when the connection
    /// closes does not read why. On HTTP/1.1 the server does so for five seconds; on HTTP/2 it tells the client to stop.
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

        var whole = await CollectAsync(context, (maxBytes, large, memory), static (limit, length) =>
        {
            if (length > limit.maxBytes)
            {
                throw TooLarge(limit.maxBytes, limit.large);
            }

            limit.memory.Grow(length);
        });
        var reader = context.Request.BodyReader;
        if (whole.IsSingleSegment)
        {
            try
            {
                return StrictJson.Parse(whole.FirstSpan, limits);
            }
            finally
            {
                reader.AdvanceTo(whole.End);
            }
        }

        // What came in pieces is given back before the document is made.
        var body = whole.ToArray();
        reader.AdvanceTo(whole.End);
        return StrictJson.Parse(body, limits, tokens => memory.Grow(body.Length, tokens));
    }

    /// <summary>The whole body, which the caller gives back to the reader once it is done with it.</summary>
    /// <param name="check">Told again and again how many bytes there are; refuses with a <see cref="ScimException"/>. What came until then is thrown away, and the server drains the rest, so that the client reads why.</param>
    internal static async ValueTask<ReadOnlySequence<byte>> CollectAsync<TLimit>(HttpContext context, TLimit limit, Action<TLimit, long> check)
    {
        SafeHeaders.NoteBodyRead(context);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await ReadPartAsync(reader, context);
            try
            {
                check(limit, result.Buffer.Length);
            }
            catch (ScimException)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw;
            }

            if (result.IsCompleted)
            {
                return result.Buffer;
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
