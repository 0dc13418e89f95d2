using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Writes a SCIM response as HTTP. RFC 7644 §3.1, §3.8, §3.14.</summary>
internal static class ScimResponseWriter
{
    private const string ScimJson = "application/scim+json";
    private const string Json = "application/json";

    public static async Task WriteAsync(HttpContext context, ScimResponse content, PublicUrls urls)
    {
        var response = context.Response;
        response.StatusCode = content.Status;
        switch (content)
        {
            case ScimResponse.Single single:
                WriteResourceHeaders(response, single.Stamp!.Value, urls);
                response.ContentType = MediaType(context.Request);
                if (single.Selection is null)
                {
                    response.ContentLength = single.Resource.Length(urls);
                }

                single.Resource.WriteTo(response.BodyWriter, urls, single.Selection);
                break;
            case StreamedResource streamed:
                await using (var resource = await streamed.Open(context.RequestAborted))
                {
                    WriteResourceHeaders(response, resource.Stamp, urls);
                    foreach (var (name, value) in resource.Headers)
                    {
                        response.Headers[name] = value;
                    }

                    response.ContentType = MediaType(context.Request);
                    if (IsRead(context))
                    {
                        await WriteAsync(context, resource);
                    }
                }

                break;
            case StreamedList list:
                response.ContentType = MediaType(context.Request);
                if (IsRead(context))
                {
                    await WriteAsync(context, list.Content, list.Open);
                }

                break;
            case ScimResponse.List whole:
                response.ContentType = MediaType(context.Request);
                await WriteAsync(response, whole.Content, urls);
                break;
            case ScimResponse.Document document:
                response.ContentType = MediaType(context.Request);
                using (var writer = new Utf8JsonWriter(response.BodyWriter, StoredResource.WriterOptions))
                {
                    document.Write(writer, urls);
                }

                break;
            case ScimResponse.Text text:
                response.ContentType = text.MediaType;
                response.ContentLength = text.Content.Length;
                response.BodyWriter.Write(text.Content);
                break;
            case ScimResponse.Accepted accepted:
                WriteAcceptedHeaders(response, accepted, urls);
                return;
            default:
                if (content.Stamp is { } stamp)
                {
                    WriteResourceHeaders(response, stamp, urls);
                }

                return;
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>
    /// Whether anybody sees the content. Where it would be read from the database piece by piece only to tell its length, HEAD is answered
    /// without one (RFC 9110 §9.3.2).
    /// </summary>
    private static bool IsRead(HttpContext context) => !HttpMethods.IsHead(context.Request.Method);

    /// <summary>
    /// A whole list is written in one piece of memory of its length: the server would lock, count and send each of many small ones.
    /// </summary>
    private static async ValueTask WriteAsync(HttpResponse response, ListResponse list, PublicUrls urls)
    {
        if (list.Selection is not null)
        {
            list.WriteTo(response.BodyWriter, urls);
            return;
        }

        var length = list.Length(urls);
        response.ContentLength = length;

        // Before the start the server has no memory of that size.
        await response.StartAsync(response.HttpContext.RequestAborted);
        var whole = new FixedBuffer(response.BodyWriter.GetMemory(length));
        list.WriteTo(whole, urls);
        response.BodyWriter.Advance(whole.Written);
    }

    private static async ValueTask WriteAsync(HttpContext context, IResourceStream resource)
    {
        var piece = new PieceWriter(context.Response);
        while (await resource.WriteAsync(piece, context.RequestAborted))
        {
            await piece.SendFullAsync(context.RequestAborted);
        }

        piece.End();
    }

    private static async ValueTask WriteAsync(HttpContext context, ListResponse list, Func<StoredResource, CancellationToken, ValueTask<IResourceStream>> open)
    {
        var piece = new PieceWriter(context.Response);
        list.WriteHead(piece);
        for (var index = 0; index < list.Resources.Count; index++)
        {
            if (index > 0)
            {
                piece.Write(ListResponse.Separator);
            }

            await using var resource = await open(list.Resources[index], context.RequestAborted);
            while (await resource.WriteAsync(piece, context.RequestAborted))
            {
                await piece.SendFullAsync(context.RequestAborted);
            }

            await piece.SendFullAsync(context.RequestAborted);
        }

        piece.Write(ListResponse.End);
        piece.End();
    }

    /// <summary>
    /// <c>application/scim+json</c> unless the client accepts <c>application/json</c> and not that. What it accepts neither of is
    /// answered with the former all the same: an answer in the wrong type helps more than none (RFC 9110 §12.5.1 allows both).
    /// </summary>
    public static string MediaType(HttpRequest request)
    {
        var accept = request.Headers.Accept;
        if (accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return ScimJson;
        }

        var json = false;
        foreach (var type in types)
        {
            if (type.Quality == 0)
            {
                continue;
            }

            if (type.MediaType.Equals(ScimJson, StringComparison.OrdinalIgnoreCase) || type.MatchesAllTypes || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase))
            {
                return ScimJson;
            }

            json |= type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase);
        }

        return json ? Json : ScimJson;
    }

    /// <summary>RFC 9967 §2.5.1.1.</summary>
    private static void WriteAcceptedHeaders(HttpResponse response, ScimResponse.Accepted accepted, PublicUrls urls)
    {
        response.Headers["Set-Txn"] = accepted.Txn;
        response.Headers.Location = urls.Completion(accepted.Txn);
        response.ContentLength = 0;
        if (accepted.IsNew)
        {
            response.Headers["Preference-Applied"] = "respond-async";
        }
        else
        {
            response.Headers.RetryAfter = "1";
        }
    }

    private static void WriteResourceHeaders(HttpResponse response, ResourceStamp stamp, PublicUrls urls)
    {
        // RFC 7643 §3.1: meta.location equals Content-Location.
        var location = $"{urls.BaseUrl}{stamp.Location}";
        response.Headers.Location = location;
        response.Headers.ContentLocation = location;
        response.Headers.ETag = stamp.Tag;
    }
}
