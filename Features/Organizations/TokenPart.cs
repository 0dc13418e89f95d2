using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary>An organization's tokens in an export: with them its clients need not be told that it has moved. Only hashes are there to be carried.</summary>
internal sealed class TokenPart : IOrganizationPart
{
    public string Kind => "token";

    public int Order => 0;

    public bool IsSecret => true;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var tokens = storage.Connection.QueryUnbufferedAsync<HashedToken>(
            """
            select id, name, scope, hash, created_at, expires_at, last_used_at, revoked_at
            from tokens where organization_id = @organizationId order by id
            """,
            new { organizationId });
        await foreach (var token in tokens)
        {
            yield return json =>
            {
                json.WriteString("id", token.Id);
                json.WriteString("name", token.Name);
                json.WriteString("scope", token.Scope);
                json.WriteString("hash", Convert.ToHexStringLower(token.Hash));
                json.WriteString("createdAt", token.CreatedAt);
                json.WriteString("expiresAt", token.ExpiresAt);
                json.WriteString("lastUsedAt", token.LastUsedAt);
                json.WriteString("revokedAt", token.RevokedAt);
            };
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var (name, scope) = (line.Text("name"), line.Text("scope"));
        if (!OrganizationName.IsValid(name) || scope is not ("read" or "write" or "events"))
        {
            throw ScimException.InvalidValue($"A token's name {OrganizationName.Rule}, and its scope is read, write or events.");
        }

        var inserted = await storage.Connection.ExecuteAsync(
            """
            insert into tokens (organization_id, id, name, scope, hash, created_at, expires_at, last_used_at, revoked_at)
            values (@organizationId, @id, @name, @scope, @hash, @createdAt, @expiresAt, @lastUsedAt, @revokedAt)
            on conflict do nothing
            """,
            new
            {
                organizationId = organization.Id,
                id = line.Id("id"),
                name,
                scope,
                hash = line.Hash("hash"),
                createdAt = line.Time("createdAt"),
                expiresAt = line.TimeOrNull("expiresAt"),
                lastUsedAt = line.TimeOrNull("lastUsedAt"),
                revokedAt = line.TimeOrNull("revokedAt"),
            });
        if (inserted == 0)
        {
            throw ScimException.Conflict("There is this token already, here or earlier in the file; one secret cannot open two organizations.");
        }
    }

    private sealed record HashedToken
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string Scope { get; init; }

        public required byte[] Hash { get; init; }

        public required string CreatedAt { get; init; }

        public string? ExpiresAt { get; init; }

        public string? LastUsedAt { get; init; }

        public string? RevokedAt { get; init; }
    }
}
