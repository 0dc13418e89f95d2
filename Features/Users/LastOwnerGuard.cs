using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>
/// Keeps an organization from losing its last active owner, which would leave nobody who can administer it. Runs inside the
/// unit of work that makes the change, which holds the organization's row until it ends.
/// </summary>
internal static class LastOwnerGuard
{
    /// <summary>Throws 409 unless another active owner remains when the one of <paramref name="id"/> is gone.</summary>
    public static async Task CheckAsync(StorageSession storage, CurrentOrganization organization, string id)
    {
        // Roles compare without regard to case, so a catalogue that spells it Owner has the guard too.
        if (!organization.Settings.Roles.Any(role => FoldedKey.Of(role) == OrganizationSettings.OwnerRole))
        {
            return;
        }

        // Two owners that leave at once would each count the other; the organization's row lets the second wait for the first.
        await storage.Connection.ExecuteAsync(
            $"select 1 from organizations o where o.id = @organizationId{storage.Dialect.Locking("o")}", new { organizationId = organization.Id });
        var others = await storage.Connection.ExecuteScalarAsync<long>(
            """
            select count(*) from (
                select 1 from users u
                where u.organization_id = @organizationId and u.role_key = 'owner' and u.active = 1 and u.id <> @id
                limit 1) others
            """,
            new { organizationId = organization.Id, id });
        if (others == 0)
        {
            throw ScimException.Conflict(
                "This is the organization's last active owner. Make another user owner first; then this one can be deactivated, demoted or deleted.");
        }
    }
}
