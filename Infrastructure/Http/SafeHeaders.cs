using Microsoft.AspNetCore.Http;

namespace ScimSlice.Infrastructure.Http;

/// <summary>What every answer says, whatever it is: keep it nowhere, take it for nothing else, come back over TLS.</summary>
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
    }
}
