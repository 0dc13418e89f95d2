using System.Data.Common;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>Writes a changed user over its row. A change that changes nothing leaves version and lastModified alone (RFC 7644 §3.5.2.1).</summary>
internal static class UserUpdate
{
    /// <summary>The user as it is afterwards. Throws 400, 409 uniqueness, 409 for the last owner, or 412 where the row has moved on.</summary>
    public static async Task<StoredResource> WriteAsync(
        StorageSession storage, CurrentOrganization organization, UserRow row, ResourceDocument before, ResourceDocument after, TimeProvider clock)
    {
        if (after.Attributes.Equals(before.Attributes))
        {
            return row.ToResource();
        }

        UserRules.Check(after, before, organization.Settings);
        if (row.IsActiveOwner && !(after.Boolean("active") is not false && UserRules.RoleKey(after) == OrganizationSettings.OwnerRole))
        {
            await LastOwnerGuard.CheckAsync(storage, organization, row.Id);
        }

        var lastModifiedAt = After(row.LastModifiedAt, DateTimeValue.Format(clock.GetUtcNow()));
        var values = UserValues.Of(organization.Id, row.Id, after, row.Version + 1, row.CreatedAt, lastModifiedAt);

        // What is not set costs no work on its indexes, and most changes leave the three alone.
        var keys = HaveSameKeys(before, after) ? "" : "user_name_key = @UserNameKey, external_id = @ExternalId, display_name_key = @DisplayNameKey,";
        try
        {
            var changed = await storage.Connection.ExecuteAsync(
                $"""
                update users set
                    version = @Version, last_modified_at = @LastModifiedAt, {keys} active = @Active, role_key = @RoleKey,
                    document = @Document, search = {storage.Dialect.Json("@Search")}
                where organization_id = @OrganizationId and id = @Id and version = @Version - 1
                """,
                values);
            if (changed == 0)
            {
                throw ScimException.PreconditionFailed();
            }
        }
        catch (DbException fault) when (storage.Dialect.IsUniqueViolation(fault, "user_name_key"))
        {
            throw ScimException.Uniqueness("userName: another user of this organization has this name.");
        }

        return values.ToResource();
    }

    private static bool HaveSameKeys(ResourceDocument before, ResourceDocument after) =>
        before.Text("userName") == after.Text("userName") && before.Text("externalId") == after.Text("externalId") && before.Text("displayName") == after.Text("displayName");

    /// <summary>Time never runs backwards for a resource, even if the server's clock does: at least a millisecond passes.</summary>
    public static string After(string lastModifiedAt, string now) =>
        string.CompareOrdinal(now, lastModifiedAt) <= 0 && DateTimeValue.TryParse(lastModifiedAt, out var last)
            ? DateTimeValue.Format(last.AddMilliseconds(1))
            : now;
}
