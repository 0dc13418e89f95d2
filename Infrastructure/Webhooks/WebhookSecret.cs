using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>What signs a webhook's messages, and how. Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.</summary>
public static class WebhookSecret
{
    /// <summary>What a secret begins with as it is shown; Base64 follows.</summary>
    public const string Prefix = "whsec_";

    /// <summary>Bytes of a secret.</summary>
    private const int Length = 32;

    public static byte[] Create() => RandomNumberGenerator.GetBytes(Length);

    /// <summary>As the receiver's libraries take it.</summary>
    public static string Show(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The header <c>webhook-signature</c>: one signature for each secret that is live, with spaces between.</summary>
    /// <param name="seconds">The header <c>webhook-timestamp</c>: seconds since 1970.</param>
    public static string Sign(IEnumerable<byte[]> secrets, string id, long seconds, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}."));
        byte[] signed = [.. head, .. body];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}"));
    }
}
