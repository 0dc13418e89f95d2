using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ScimSlice.Infrastructure.Outbound;

namespace ScimSlice.Infrastructure.OAuth;

/// <summary>Checks assertions: signed by a key of the trusted issuer, about the trusted subject, for the trusted audience, and in time. RFC 7523 §3.</summary>
public sealed class AssertionCheck(SigningKeys keys, TimeProvider clock)
{
    /// <summary>Characters of an assertion.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>How far the clocks of two machines may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    /// <summary>An assertion that holds longer is none that was made for a request.</summary>
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);

    /// <summary>Public-key signatures only: none, and one with a shared secret, would let everybody sign.</summary>
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private static readonly CryptoProviderFactory Signatures = new() { CacheSignatureProviders = false };

    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = MaxLength, MapInboundClaims = false };

    /// <summary>What an assertion says before it is verified, to know whose keys it has to be verified with. Throws 400 for what is no JWT.</summary>
    public static JsonWebToken Read(string assertion)
    {
        if (assertion.Length <= MaxLength)
        {
            try
            {
                return new JsonWebToken(assertion);
            }
            catch (Exception fault) when (fault is ArgumentException or FormatException or SecurityTokenException or System.Text.Json.JsonException)
            {
                // Refused below.
            }
        }

        throw OAuthException.InvalidRequest($"client_assertion is no JWT of at most {MaxLength} characters.");
    }

    /// <summary>Throws 401 where anything is not as the trust says, and 503 where the issuer's keys cannot be had.</summary>
    public async Task<VerifiedAssertion> VerifyAsync(JsonWebToken assertion, Trust trust, CancellationToken cancellationToken)
    {
        if (!Algorithms.Contains(assertion.Alg, StringComparer.Ordinal) || assertion.TryGetHeaderValue<object>("crit", out _))
        {
            throw OAuthException.InvalidClient($"The assertion is not signed in a way that is taken here: {string.Join(", ", Algorithms)}, without critical headers.");
        }

        IReadOnlyList<SecurityKey> candidates;
        try
        {
            candidates = await keys.FindAsync(trust.JwksUri, string.IsNullOrEmpty(assertion.Kid) ? null : assertion.Kid, cancellationToken);
        }
        catch (OutboundException)
        {
            // Why is in the log: the address is the operator's.
            throw OAuthException.Unavailable("The keys of the assertion's issuer cannot be fetched now. Repeat the request.", retryAfter: 60);
        }

        if (candidates.Count == 0)
        {
            throw OAuthException.InvalidClient("The issuer publishes no key that the assertion could be signed with.");
        }

        var result = await handler.ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            IssuerSigningKeys = candidates,
            TryAllIssuerSigningKeys = true,
            ValidAlgorithms = Algorithms,
            ValidIssuer = trust.Issuer,
            ValidAudiences = trust.Audiences,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (notBefore, expires, _, _) => IsInTime(notBefore, expires),
            CryptoProviderFactory = Signatures,
        });
        if (!result.IsValid)
        {
            throw OAuthException.InvalidClient(Reason(result.Exception));
        }

        if (!string.Equals(assertion.Subject, trust.Subject, StringComparison.Ordinal))
        {
            throw OAuthException.InvalidClient("The assertion is about another subject (sub) than the one that is trusted.");
        }

        return new VerifiedAssertion(HashOf(assertion), new DateTimeOffset(assertion.ValidTo, TimeSpan.Zero) + Skew);
    }

    private bool IsInTime(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires > now - Skew && expires < now + MaxLifetime && (notBefore is null || notBefore <= now + Skew);
    }

    /// <summary>
    /// Two assertions are one where their ids are (Microsoft's is <c>uti</c>), or without an id where all that is signed is: the signature itself can
    /// be written in more than one way.
    /// </summary>
    private static byte[] HashOf(JsonWebToken assertion)
    {
        var id = assertion.TryGetPayloadValue<string>("jti", out var jti) ? $"jti {jti}"
            : assertion.TryGetPayloadValue<string>("uti", out var uti) ? $"uti {uti}"
            : $"{assertion.EncodedHeader}.{assertion.EncodedPayload}";
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{assertion.Issuer} {id}"));
    }

    /// <summary>For the client's administrator: what differs from what was configured. Nothing that the assertion says is repeated.</summary>
    private static string Reason(Exception fault) => fault switch
    {
        SecurityTokenInvalidAudienceException => "The assertion is for another audience (aud) than the one that is trusted.",
        SecurityTokenInvalidIssuerException => "The assertion comes from another issuer (iss) than the one that is trusted.",
        SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException or SecurityTokenExpiredException or SecurityTokenNotYetValidException =>
            "The assertion has expired, is not valid yet, or holds for more than a day (exp, nbf).",
        _ => "The assertion's signature is not that of its issuer.",
    };
}
