using Microsoft.AspNetCore.Http;

namespace ScimSlice.Infrastructure.Http;

/// <summary>What every answer says, whatever it is: keep it nowhere, take it for nothing else, come back over TLS; and, where a body may never come, on another connection.</summary>
internal static class SafeHeaders
{
    /// <summary>A year, as far as the host itself goes. RFC 6797.</summary>
    private const string StrictTransportSecurity = "max-age=31536000";

    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = StrictTransportSecurity;
        }

        if (WaitsToSend(context.Request))
        {
            headers.Connection = "close";
        }
    }

    /// <summary>The body is asked for: it comes, and the connection may go on after it.</summary>
    public static void NoteBodyRead(HttpContext context)
    {
        if (WaitsToSend(context.Request))
        {
            context.Response.Headers.Connection = default;
        }
    }

    /// <summary>A client that is answered before it was asked for its body need not send it: its next request would be taken for that body. RFC 9110 §10.1.1.</summary>
    private static bool WaitsToSend(HttpRequest request) => request.Headers.Expect.Count > 0 && HttpProtocol.IsHttp11(request.Protocol);
}
