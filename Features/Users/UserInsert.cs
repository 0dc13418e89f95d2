using Dapper;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>Writes the row of a user that is not there: a new one, one that comes back, or one of an import.</summary>
internal static class UserInsert
{
    /// <summary>
    /// Whether there was room: no user of the organization has the id or the userName. Throws 409 for another value that must be unique.
    /// </summary>
    public static async Task<bool> TryAsync(StorageSession storage, UserValues values)
    {
        if (!await TryInsertAsync(storage, values))
        {
            return false;
        }

        await UserUniques.ChangeAsync(storage, values.Type, values.OrganizationId, values.Id, [], values.Uniques);
        return true;
    }

    private static async Task<bool> TryInsertAsync(StorageSession storage, UserValues values) => await storage.Connection.ExecuteAsync(
        $"""
        insert into users (
            organization_id, id, version, created_at, last_modified_at, user_name_key, external_id, display_name_key,
            active, role_key, document, search)
        values (
            @OrganizationId, @Id, @Version, @CreatedAt, @LastModifiedAt, @UserNameKey, @ExternalId, @DisplayNameKey,
            @Active, @RoleKey, @Document, {storage.Dialect.Json("@Search")})
        on conflict do nothing
        """,
        values) == 1;
}
