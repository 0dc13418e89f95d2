using Dapper;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Memberships;

/// <summary>What becomes of the memberships of a resource that is deleted, and of a user that comes back.</summary>
internal static class EndOfMember
{
    /// <summary>
    /// Locks the groups of a resource that is going to be deleted. Whoever changes a group holds it before its members, so this comes
    /// before the resource's own row.
    /// </summary>
    public static Task LockGroupsAsync(StorageSession storage, string organizationId, string id) => storage.Connection.ExecuteAsync(
        $"""
        select 1 from groups g
        where g.organization_id = @organizationId and g.id in (
            select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = @id)
        order by g.id{storage.Dialect.Locking("g")}
        """,
        new { organizationId, id });

    /// <summary>Takes a resource out of its groups, whose versions go on. Comes after the resource's row is gone, so that nobody adds it meanwhile.</summary>
    /// <param name="remembered">Whether it may come back to them.</param>
    public static async Task LeaveAsync(StorageSession storage, string organizationId, string id, string now, bool remembered)
    {
        var key = new { organizationId, id, now };
        if (await IncreaseVersionsAsync(storage, key) == 0)
        {
            return;
        }

        if (remembered)
        {
            await storage.Connection.ExecuteAsync(
                """
                insert into deleted_memberships (organization_id, member_id, group_id)
                select organization_id, member_id, group_id from memberships where organization_id = @organizationId and member_id = @id
                on conflict do nothing
                """,
                key);
        }

        await storage.Connection.ExecuteAsync("delete from memberships where organization_id = @organizationId and member_id = @id", key);
    }

    /// <summary>Puts a user that comes back into the groups that it was in and that there still are. Comes before its tombstone goes.</summary>
    public static async Task ReturnAsync(StorageSession storage, string organizationId, string id, string now)
    {
        var key = new { organizationId, id, now };
        var returned = await storage.Connection.ExecuteAsync(
            """
            insert into memberships (organization_id, group_id, member_id, member_type)
            select d.organization_id, d.group_id, d.member_id, 'User'
            from deleted_memberships d where d.organization_id = @organizationId and d.member_id = @id
            and exists (select 1 from groups g where g.organization_id = @organizationId and g.id = d.group_id)
            on conflict do nothing
            """,
            key);
        if (returned > 0)
        {
            await IncreaseVersionsAsync(storage, key);
        }
    }

    private static Task<int> IncreaseVersionsAsync(StorageSession storage, object key) => storage.Connection.ExecuteAsync(
        """
        update groups set version = version + 1, last_modified_at = case when last_modified_at < @now then @now else last_modified_at end
        where organization_id = @organizationId and id in (
            select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = @id)
        """,
        key);
}
