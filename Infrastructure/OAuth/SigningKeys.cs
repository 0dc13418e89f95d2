using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
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

    /// <summary>Keys that a signature without a key's id is tried with.</summary>
    private const int MaxTried = 5;

    /// <summary>Requests that wait for the same keys; more are told to come again.</summary>
    private const int MaxWaiting = 50;

    /// <summary>Bits of an RSA key at least. RFC 7518 §3.3.</summary>
    private const int MinRsaBits = 2048;

    /// <summary>Larger ones cost whoever verifies.</summary>
    private const int MaxRsaBits = 4096;

    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Usable = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>
    /// The keys that may have signed with this id; the first few where the signature names none. Throws <see cref="OutboundException"/> where the
    /// keys are not known and cannot be fetched.
    /// </summary>
    public async Task<IReadOnlyList<SecurityKey>> FindAsync(string uri, string? keyId, CancellationToken cancellationToken)
    {
        var entry = entries.GetOrAdd(uri, _ => new Entry());
        if (entry.IsYounger(Fresh, clock) && entry.Find(keyId) is { Count: > 0 } known)
        {
            return known;
        }

        await entry.WaitAsync(cancellationToken);
        try
        {
            var found = entry.Find(keyId);
            if ((found.Count == 0 || !entry.IsYounger(Fresh, clock)) && entry.MayTry(Pause, clock))
            {
                try
                {
                    // To its end, whoever is waiting: a client that goes away must not leave the others without keys.
                    entry.Take(await FetchAsync(uri, CancellationToken.None), clock);
                }
                catch (OutboundException fault)
                {
                    log.LogWarning("The signing keys of an issuer cannot be fetched: {Reason}", fault.Message);
                    entry.Fault = fault.Message;
                }

                found = entry.Find(keyId);
            }

            return entry.IsYounger(Usable, clock) ? found : throw new OutboundException(entry.Fault ?? "They have not been fetched.");
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
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or FormatException or System.Text.Json.JsonException or CryptographicException)
        {
            throw new OutboundException($"{uri} is no set of keys.", fault);
        }
    }

    /// <summary>A key that is a shared secret would let whoever reads the set sign with it.</summary>
    private static bool IsPublicKey(SecurityKey key) => key switch
    {
        RsaSecurityKey rsa => IsOrdinary(rsa.KeySize, rsa.Rsa?.ExportParameters(includePrivateParameters: false) ?? rsa.Parameters),
        X509SecurityKey certificate => certificate.PublicKey is RSA rsa ? IsOrdinary(rsa.KeySize, rsa.ExportParameters(includePrivateParameters: false)) : certificate.PublicKey is ECDsa,
        ECDsaSecurityKey => true,
        _ => false,
    };

    /// <summary>A large exponent costs whoever verifies, and with 1 everybody signs.</summary>
    private static bool IsOrdinary(int bits, RSAParameters parameters) =>
        bits is >= MinRsaBits and <= MaxRsaBits && parameters.Exponent is { Length: > 0 and <= 4 } exponent && new BigInteger(exponent, isUnsigned: true, isBigEndian: true) is { IsEven: false, IsOne: false };

    private sealed class Entry
    {
        private int waiting;
        private long triedAt;
        private volatile Published? published;

        /// <summary>One at a time fetches; the others wait for what it finds.</summary>
        public SemaphoreSlim Turn { get; } = new(1);

        public string? Fault { get; set; }

        /// <summary>Waits for the turn. Throws where too many do.</summary>
        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            try
            {
                if (Interlocked.Increment(ref waiting) > MaxWaiting)
                {
                    throw new OutboundException("Too many requests wait for them.");
                }

                await Turn.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref waiting);
            }
        }

        /// <summary>Whether the keys were fetched less than that ago, by a clock that nobody sets.</summary>
        public bool IsYounger(TimeSpan age, TimeProvider clock) => published is { } last && clock.GetElapsedTime(last.At) < age;

        /// <summary>Whether the last try is so long ago; it counts as one then.</summary>
        public bool MayTry(TimeSpan pause, TimeProvider clock)
        {
            if (triedAt != 0 && clock.GetElapsedTime(triedAt) < pause)
            {
                return false;
            }

            triedAt = clock.GetTimestamp();
            return true;
        }

        public void Take(IReadOnlyList<SecurityKey> keys, TimeProvider clock) => published = new Published(keys, clock.GetTimestamp());

        public IReadOnlyList<SecurityKey> Find(string? keyId) => published is not { } last ? [] : keyId is null ? [.. last.Keys.Take(MaxTried)] : [.. last.Keys.Where(key => key.KeyId == keyId)];

        private sealed record Published(IReadOnlyList<SecurityKey> Keys, long At);
    }
}
