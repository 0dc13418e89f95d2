using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>An organization's tombstones in an export, so that who was deleted can be restored where it has moved to.</summary>
internal sealed class DeletedUserPart : IOrganizationPart
{
    public string Kind => "deletedUser";

    public int Order => 11;

    public bool IsSecret => false;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var tombstones = storage.Connection.QueryUnbufferedAsync<Tombstone>(
            "select document, deleted_at from deleted_users where organization_id = @organizationId order by id", new { organizationId });
        await foreach (var tombstone in tombstones)
        {
            yield return json =>
            {
                json.WriteString("deletedAt", tombstone.DeletedAt);
                ImportedResource.Write(json, tombstone.Document);
            };
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var values = ImportedUser.Read(organization, line);
        var live = await storage.Connection.ExecuteScalarAsync<long>("select count(*) from users where organization_id = @OrganizationId and id = @Id", values);
        var inserted = live > 0 ? 0 : await storage.Connection.ExecuteAsync(
            $"""
            insert into deleted_users (
                organization_id, id, version, created_at, last_modified_at, user_name_key, external_id, display_name_key,
                active, role_key, document, search, deleted_at)
            values (
                @OrganizationId, @Id, @Version, @CreatedAt, @LastModifiedAt, @UserNameKey, @ExternalId, @DisplayNameKey,
                @Active, @RoleKey, @Document, {storage.Dialect.Json("@Search")}, @DeletedAt)
            on conflict do nothing
            """,
            new
            {
                values.OrganizationId,
                values.Id,
                values.Version,
                values.CreatedAt,
                values.LastModifiedAt,
                values.UserNameKey,
                values.ExternalId,
                values.DisplayNameKey,
                values.Active,
                values.RoleKey,
                values.Document,
                values.Search,
                DeletedAt = line.Time("deletedAt"),
            });
        if (inserted == 0)
        {
            throw ScimException.Uniqueness($"The id {values.Id} stands on an earlier line already.");
        }
    }

    private sealed record Tombstone
    {
        public required byte[] Document { get; init; }

        public required string DeletedAt { get; init; }
    }
}
