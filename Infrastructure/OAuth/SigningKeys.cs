using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using ScimSlice.Infrastructure.Outbound;

namespace ScimSlice.Infrastructure.OAuth;

/// <summary>
/// The public keys that issuers publish, kept for an hour. A key that is not among them is looked for at once, but not more often than
/// once a minute; where they cannot be fetched, those that are known hold for a day.
/// </summary>
public sealed class SigningKeys(OutboundClient outbound, TimeProvider clock, ILogger<SigningKeys> log)
{
    /// <summary>Bytes of a key set. Microsoft's is 17 KB.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Keys of a set that are looked at.</summary>
    public const int MaxKeys = 100;

    /// <summary>Bits of an RSA key at least. RFC 7518 §3.3.</summary>
    private const int MinRsaBits = 2048;

    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Usable = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>
    /// The keys that may have signed with this id; all where the signature names none. Throws <see cref="OutboundException"/> where the
    /// keys are not known and cannot be fetched.
    /// </summary>
    public async Task<IReadOnlyList<SecurityKey>> FindAsync(string uri, string? keyId, CancellationToken cancellationToken)
    {
        var entry = entries.GetOrAdd(uri, _ => new Entry());
        await entry.Turn.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            var found = entry.Find(keyId);
            if ((found.Count == 0 || now - entry.FetchedAt >= Fresh) && now - entry.TriedAt >= Pause)
            {
                entry.TriedAt = now;
                try
                {
                    entry.Keys = await FetchAsync(uri, cancellationToken);
                    entry.FetchedAt = now;
                }
                catch (OutboundException fault)
                {
                    log.LogWarning("The signing keys of an issuer cannot be fetched: {Reason}", fault.Message);
                    entry.Fault = fault.Message;
                }

                found = entry.Find(keyId);
            }

            return now - entry.FetchedAt < Usable ? found : throw new OutboundException(entry.Fault ?? "They have not been fetched.");
        }
        finally
        {
            entry.Turn.Release();
        }
    }

    /// <summary>The keys as they are published now, without regard to what is remembered. Throws <see cref="OutboundException"/> where they cannot be had.</summary>
    public async Task<IReadOnlyList<SecurityKey>> FetchAsync(string uri, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var url))
        {
            throw new OutboundException($"{uri} is no URL.");
        }

        var body = await outbound.GetAsync(url, MaxBytes, cancellationToken);
        try
        {
            var keys = new JsonWebKeySet(Encoding.UTF8.GetString(body)) { SkipUnresolvedJsonWebKeys = true };
            return [.. keys.GetSigningKeys().Take(MaxKeys).Where(IsPublicKey)];
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or System.Text.Json.JsonException)
        {
            throw new OutboundException($"{uri} is no set of keys.", fault);
        }
    }

    /// <summary>A key that is a shared secret would let whoever reads the set sign with it.</summary>
    private static bool IsPublicKey(SecurityKey key) => key switch
    {
        RsaSecurityKey rsa => rsa.KeySize >= MinRsaBits,
        X509SecurityKey certificate => certificate.PublicKey is System.Security.Cryptography.RSA rsa ? rsa.KeySize >= MinRsaBits : certificate.PublicKey is System.Security.Cryptography.ECDsa,
        ECDsaSecurityKey => true,
        _ => false,
    };

    private sealed class Entry
    {
        /// <summary>One at a time fetches; the others wait for what it finds.</summary>
        public SemaphoreSlim Turn { get; } = new(1);

        public IReadOnlyList<SecurityKey> Keys { get; set; } = [];

        public DateTimeOffset FetchedAt { get; set; }

        public DateTimeOffset TriedAt { get; set; }

        public string? Fault { get; set; }

        public IReadOnlyList<SecurityKey> Find(string? keyId) => keyId is null ? Keys : [.. Keys.Where(key => key.KeyId == keyId)];
    }
}
