using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Memberships;

/// <summary>
/// Keeps an organization from losing its last active owner, which would leave nobody who can administer it. Owners are those whose
/// effective role it is: who were sent so, and the members of groups that are mapped to it. Runs inside the unit of work that makes the
/// change, which holds the organization's row until it ends.
/// </summary>
internal static class LastOwnerGuard
{
    /// <summary>
    /// Throws 409 unless another active owner remains when a user, active until now, is deactivated or deleted, or is sent another role.
    /// </summary>
    /// <param name="wasOwner">Whether owner is the role that was sent.</param>
    /// <param name="staysActive">Whether it only loses that role.</param>
    public static async Task CheckUserAsync(StorageSession storage, CurrentOrganization organization, string id, bool wasOwner, bool staysActive)
    {
        if (!Guards(organization))
        {
            return;
        }

        // Where groups make owners, what one request looks at another may be taking away; so each looks when it has its turn.
        var mapsOwners = await MapsOwnersAsync(storage, organization.Id);
        if (mapsOwners)
        {
            await LockAsync(storage, organization.Id);
        }

        var isMapped = mapsOwners && await IsMappedAsync(
            storage,
            """
            with recursive up (id) as (
                select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = @id
                union
                select m.group_id from up cross join memberships m where m.organization_id = @organizationId and m.member_id = up.id and m.member_type = 'Group')
            select count(*) from up cross join role_mappings r where r.organization_id = @organizationId and r.group_id = up.id and r.role_key = 'owner'
            """,
            organization.Id,
            id);
        if (staysActive ? isMapped : !wasOwner && !isMapped)
        {
            return;
        }

        await LockAsync(storage, organization.Id);
        if (!await HasOwnerAsync(storage, organization.Id, id))
        {
            throw ScimException.Conflict(
                "This is the organization's last active owner. Make another user owner first; then this one can be deactivated, demoted or deleted.");
        }
    }

    /// <summary>
    /// Whether a change of a group may cost the organization its owners: the group, or one that it is in, makes owners, and there are some.
    /// Then <see cref="CheckAsync"/> has to follow the change.
    /// </summary>
    public static async Task<bool> WatchesAsync(StorageSession storage, CurrentOrganization organization, string groupId)
    {
        if (!Guards(organization) || !await MapsOwnersAsync(storage, organization.Id))
        {
            return false;
        }

        await LockAsync(storage, organization.Id);
        return await IsMappedAsync(
            storage,
            """
            with recursive up (id) as (
                select g.id from groups g where g.organization_id = @organizationId and g.id = @id
                union
                select m.group_id from up cross join memberships m where m.organization_id = @organizationId and m.member_id = up.id and m.member_type = 'Group')
            select count(*) from up cross join role_mappings r where r.organization_id = @organizationId and r.group_id = up.id and r.role_key = 'owner'
            """,
            organization.Id,
            groupId) && await HasOwnerAsync(storage, organization.Id, "");
    }

    /// <summary>Throws 409 where the organization has no active owner any more.</summary>
    public static async Task CheckAsync(StorageSession storage, CurrentOrganization organization)
    {
        if (!await HasOwnerAsync(storage, organization.Id, ""))
        {
            throw ScimException.Conflict("This would take the organization its last active owner, who is one through a group. Make another user owner first.");
        }
    }

    /// <summary>Roles compare without regard to case, so a catalogue that spells it Owner has the guard too.</summary>
    private static bool Guards(CurrentOrganization organization) => organization.Settings.Roles.Any(role => FoldedKey.Of(role) == OrganizationSettings.OwnerRole);

    /// <summary>Two owners that leave at once would each count the other; the organization's row lets the second wait for the first.</summary>
    private static Task LockAsync(StorageSession storage, string organizationId) => storage.Connection.ExecuteAsync(
        $"select 1 from organizations o where o.id = @organizationId{storage.Dialect.Locking("o")}", new { organizationId });

    /// <summary>Whether any group makes owners; mostly none does, and then nobody need look at memberships.</summary>
    private static async Task<bool> MapsOwnersAsync(StorageSession storage, string organizationId) => await storage.Connection.ExecuteScalarAsync<long>(
        "select count(*) from role_mappings where organization_id = @organizationId and role_key = 'owner'", new { organizationId }) > 0;

    private static async Task<bool> IsMappedAsync(StorageSession storage, string sql, string organizationId, string id) =>
        await storage.Connection.ExecuteScalarAsync<long>(sql, new { organizationId, id }) > 0;

    private static async Task<bool> HasOwnerAsync(StorageSession storage, string organizationId, string except)
    {
        var key = new { organizationId, except };
        return await storage.Connection.ExecuteScalarAsync<long>(
            """
            select count(*) from (
                select 1 from users u
                where u.organization_id = @organizationId and u.role_key = 'owner' and u.active = 1 and u.id <> @except
                limit 1) others
            """,
            key) > 0
            || await storage.Connection.ExecuteScalarAsync<long>(
            """
            with recursive down (id) as (
                select r.group_id from role_mappings r where r.organization_id = @organizationId and r.role_key = 'owner'
                union
                select m.member_id from down cross join memberships m where m.organization_id = @organizationId and m.group_id = down.id and m.member_type = 'Group')
            select count(*) from (
                select 1 from down
                cross join memberships m where m.organization_id = @organizationId and m.group_id = down.id and m.member_type = 'User' and m.member_id <> @except
                and exists (select 1 from users u where u.organization_id = @organizationId and u.id = m.member_id and u.active = 1)
                limit 1) others
            """,
            key) > 0;
    }
}
