using Dapper;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>Writes the row of a group that is not there.</summary>
internal static class GroupInsert
{
    /// <summary>Whether there was room: no group of the organization has the id.</summary>
    public static async Task<bool> TryAsync(StorageSession storage, GroupValues values) => await storage.Connection.ExecuteAsync(
        $"""
        insert into groups (
            organization_id, id, version, created_at, last_modified_at, display_name, display_name_key, external_id, document, search)
        values (
            @OrganizationId, @Id, @Version, @CreatedAt, @LastModifiedAt, @DisplayName, @DisplayNameKey, @ExternalId, @Document, {storage.Dialect.Json("@Search")})
        on conflict do nothing
        """,
        values) == 1;
}
