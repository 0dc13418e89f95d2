using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary>A token as its row holds it: everything but the secret, of which only a hash is kept.</summary>
public sealed record TokenRow
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Scope { get; init; }

    public required string CreatedAt { get; init; }

    public string? ExpiresAt { get; init; }

    public string? LastUsedAt { get; init; }

    public string? RevokedAt { get; init; }

    /// <summary>Inserts a token for <paramref name="secret"/>; null where that secret is a token already.</summary>
    internal static async Task<TokenRow?> InsertAsync(
        StorageSession storage, string organizationId, string name, TokenScope scope, string secret, DateTimeOffset now, DateTimeOffset? expires)
    {
        var row = new TokenRow
        {
            Id = ResourceId.Create(now),
            Name = name,
            Scope = scope switch { TokenScope.Events => "events", TokenScope.Read => "read", _ => "write" },
            CreatedAt = DateTimeValue.Format(now),
            ExpiresAt = expires is { } at ? DateTimeValue.Format(at) : null,
        };
        var inserted = await storage.Connection.ExecuteAsync(
            """
            insert into tokens (organization_id, id, name, scope, hash, created_at, expires_at)
            values (@organizationId, @Id, @Name, @Scope, @hash, @CreatedAt, @ExpiresAt)
            on conflict (hash) do nothing
            """,
            new { organizationId, row.Id, row.Name, row.Scope, hash = BearerToken.Hash(secret), row.CreatedAt, row.ExpiresAt });
        return inserted == 1 ? row : null;
    }
}
