using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.OAuth;

/// <summary>An OAuth client as its row holds it: known by its secrets, or by the assertions of who it is trusted to be.</summary>
public sealed record ClientRow
{
    public const string Columns = "c.organization_id, c.id, c.name, c.scope, c.issuer, c.jwks_uri, c.subject, c.audience, c.reusable, c.created_at, c.last_used_at, c.revoked_at";

    public required string OrganizationId { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Scope { get; init; }

    public string? Issuer { get; init; }

    public string? JwksUri { get; init; }

    public string? Subject { get; init; }

    public string? Audience { get; init; }

    /// <summary>1 where an assertion may be shown again until it expires.</summary>
    public long Reusable { get; init; }

    public required string CreatedAt { get; init; }

    public string? LastUsedAt { get; init; }

    public string? RevokedAt { get; init; }

    public TokenScope MaxScope => Scope == "read" ? TokenScope.Read : TokenScope.Write;

    /// <summary>Whose assertions it is known by; null where it has secrets.</summary>
    public Trust? Trust => Issuer is null ? null : new Trust(Issuer, JwksUri!, Subject!, Audience!);
}
