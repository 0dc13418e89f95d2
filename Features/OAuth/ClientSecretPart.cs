using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary>The secrets of OAuth clients in an export. Only hashes are there to be carried.</summary>
internal sealed class ClientSecretPart : IOrganizationPart
{
    public string Kind => "clientSecret";

    public int Order => 2;

    public bool IsSecret => true;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var secrets = storage.Connection.QueryUnbufferedAsync<HashedSecret>(
            """
            select id, client_id, hash, created_at, expires_at, last_used_at, revoked_at
            from client_secrets where organization_id = @organizationId order by id
            """,
            new { organizationId });
        await foreach (var secret in secrets)
        {
            yield return json =>
            {
                json.WriteString("id", secret.Id);
                json.WriteString("client", secret.ClientId);
                json.WriteString("hash", Convert.ToHexStringLower(secret.Hash));
                json.WriteString("createdAt", secret.CreatedAt);
                json.WriteString("expiresAt", secret.ExpiresAt);
                json.WriteString("lastUsedAt", secret.LastUsedAt);
                json.WriteString("revokedAt", secret.RevokedAt);
            };
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var row = new
        {
            organizationId = organization.Id,
            id = line.Id("id"),
            clientId = line.Id("client"),
            hash = line.Hash("hash"),
            createdAt = line.Time("createdAt"),
            expiresAt = line.TimeOrNull("expiresAt") ?? throw ScimException.InvalidValue("expiresAt: is required."),
            lastUsedAt = line.TimeOrNull("lastUsedAt"),
            revokedAt = line.TimeOrNull("revokedAt"),
        };
        var inserted = await storage.Connection.ExecuteAsync(
            """
            insert into client_secrets (organization_id, id, client_id, hash, created_at, expires_at, last_used_at, revoked_at)
            select @organizationId, @id, c.id, @hash, @createdAt, @expiresAt, @lastUsedAt, @revokedAt
            from clients c where c.organization_id = @organizationId and c.id = @clientId and c.issuer is null
            on conflict do nothing
            """,
            row);
        if (inserted == 0)
        {
            throw ScimException.InvalidValue("client: is none of the clients in the file that have secrets, or the secret is there twice.");
        }
    }

    private sealed record HashedSecret
    {
        public required string Id { get; init; }

        public required string ClientId { get; init; }

        public required byte[] Hash { get; init; }

        public required string CreatedAt { get; init; }

        public required string ExpiresAt { get; init; }

        public string? LastUsedAt { get; init; }

        public string? RevokedAt { get; init; }
    }
}
