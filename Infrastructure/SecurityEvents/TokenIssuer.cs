using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>Makes security event tokens of an organization's events: JSON Web Tokens that are signed with its key. RFC 8417.</summary>
internal sealed class TokenIssuer : IDisposable
{
    /// <summary>The header <c>typ</c>, so that no such token is taken for one that gives access. RFC 8417 §2.3.</summary>
    public const string Type = "secevent+jwt";

    /// <summary>The media type of a token. RFC 8417 §7.2.</summary>
    public const string MediaType = "application/secevent+jwt";

    private static readonly Dictionary<string, object> Header = new(StringComparer.Ordinal) { ["typ"] = Type };

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly PublicUrls urls;
    private readonly string organizationId;
    private readonly TimeProvider clock;
    private readonly ECDsa key;
    private readonly SigningCredentials credentials;

    private TokenIssuer(PublicUrls urls, string organizationId, IssuerKey row, TimeProvider clock)
    {
        (this.urls, this.organizationId, this.clock, key) = (urls, organizationId, clock, row.Open());

        // What is kept for a key would outlive it.
        credentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = row.Id }, SecurityAlgorithms.EcdsaSha256)
        {
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
    }

    /// <summary>An issuer with the key that signs now. Throws where the organization has none, which it has since something first asked for tokens.</summary>
    public static async Task<TokenIssuer> OpenAsync(StorageSession storage, string organizationId, PublicUrls urls, TimeProvider clock) =>
        new(urls, organizationId, await IssuerKeyTable.SigningAsync(storage, organizationId) ?? throw new InvalidOperationException("The organization has no key to sign with."), clock);

    /// <summary>The token that tells of an event.</summary>
    /// <param name="externalId">The identity provider's id of the resource, where it is known.</param>
    /// <param name="audience">Whom it is for.</param>
    /// <param name="isFull">Whether it holds values, or only the names of the attributes.</param>
    /// <param name="id">What the token is called (<c>jti</c>); the event's id unless told.</param>
    public string Issue(ChangeEvent told, string? externalId, string audience, bool isFull, string? id = null) => handler.CreateToken(
        new SecurityEventClaims(urls, urls.Issuer(organizationId), audience, isFull).Of(told, id ?? told.Id, externalId, clock.GetUtcNow()), credentials, Header);

    public void Dispose() => key.Dispose();
}
