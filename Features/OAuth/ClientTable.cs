using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary>The tables <c>clients</c> and <c>client_secrets</c>.</summary>
internal static class ClientTable
{
    private const string Live = $"select {ClientRow.Columns} from clients c where c.organization_id = @organizationId and c.id = @id and c.revoked_at is null";

    /// <summary>The live client of that id. Throws 404 where the organization has none.</summary>
    public static async Task<ClientRow> FindAsync(StorageSession storage, OrganizationRow organization, string id) =>
        await storage.Connection.QuerySingleOrDefaultAsync<ClientRow>(Live, new { organizationId = organization.Id, id }) ?? throw NotFound(organization, id);

    /// <summary>The same, which nobody else changes until the unit of work ends.</summary>
    public static async Task<ClientRow> FindLockedAsync(StorageSession storage, OrganizationRow organization, string id) =>
        await storage.Connection.QuerySingleOrDefaultAsync<ClientRow>($"{Live}{storage.Dialect.Locking("c")}", new { organizationId = organization.Id, id })
        ?? throw NotFound(organization, id);

    private static ScimException NotFound(OrganizationRow organization, string id) =>
        ScimException.NotFound($"'{organization.Name}' has no live client '{Excerpt.Of(id)}'; 'client list' and 'trust list' show those it has.");

    /// <summary>Inserts a client as it is; false where its id is taken, here or in another organization.</summary>
    public static async Task<bool> InsertAsync(StorageSession storage, ClientRow client) => await storage.Connection.ExecuteAsync(
        """
        insert into clients (
            organization_id, id, name, scope, issuer, jwks_uri, subject, audience, reusable, created_at, last_used_at, revoked_at)
        values (
            @OrganizationId, @Id, @Name, @Scope, @Issuer, @JwksUri, @Subject, @Audience, @Reusable, @CreatedAt, @LastUsedAt, @RevokedAt)
        on conflict do nothing
        """,
        client) == 1;

    /// <summary>Gives a client a new secret.</summary>
    public static async Task<(SecretRow Row, string Secret)> InsertSecretAsync(StorageSession storage, string organizationId, string clientId, DateTimeOffset now, DateTimeOffset expires)
    {
        var secret = BearerToken.Create(BearerToken.SecretPrefix);
        var row = new SecretRow { Id = ResourceId.Create(now), ClientId = clientId, CreatedAt = DateTimeValue.Format(now), ExpiresAt = DateTimeValue.Format(expires) };
        await storage.Connection.ExecuteAsync(
            """
            insert into client_secrets (organization_id, id, client_id, hash, created_at, expires_at)
            values (@organizationId, @Id, @ClientId, @hash, @CreatedAt, @ExpiresAt)
            """,
            new { organizationId, row.Id, row.ClientId, hash = BearerToken.Hash(secret), row.CreatedAt, row.ExpiresAt });
        return (row, secret);
    }
}
