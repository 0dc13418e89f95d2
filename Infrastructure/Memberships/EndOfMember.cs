using Dapper;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Scim.Resources;
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

    /// <summary>
    /// Takes a resource out of its groups, whose versions go on, and says which event that is for each. Comes after the resource's row is gone, so
    /// that nobody adds it meanwhile.
    /// </summary>
    /// <param name="type">The resource's type.</param>
    /// <param name="remembered">Whether it may come back to them.</param>
    public static async Task<IReadOnlyList<Happening>> LeaveAsync(StorageSession storage, string organizationId, string id, string type, DateTimeOffset now, bool remembered)
    {
        // Once more: a group may have taken it in since the first look. Unheld, what is read of its version would be overtaken.
        await LockGroupsAsync(storage, organizationId, id);
        var key = new { organizationId, id };
        if (await IncreaseVersionsAsync(storage, organizationId, id, now) == 0)
        {
            return [];
        }

        var left = await ReadGroupsAsync(storage, organizationId, id);
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
        return [.. left.Select(group => new Happening(organizationId, EventTypes.MemberRemoved, "Group", group.Id, group.Version, Member: id, MemberType: type))];
    }

    /// <summary>Puts a user that comes back into the groups that it was in and that there still are, and says which event that is for each. Comes before its tombstone goes.</summary>
    public static async Task<IReadOnlyList<Happening>> ReturnAsync(StorageSession storage, string organizationId, string id, DateTimeOffset now)
    {
        var key = new { organizationId, id };

        // Held first: a group that is deleted meanwhile would leave a membership behind that nobody sees and filters find.
        await storage.Connection.ExecuteAsync(
            $"""
            select 1 from groups g
            where g.organization_id = @organizationId and g.id in (
                select d.group_id from deleted_memberships d where d.organization_id = @organizationId and d.member_id = @id)
            order by g.id{storage.Dialect.Locking("g")}
            """,
            key);
        var returned = await storage.Connection.ExecuteAsync(
            """
            insert into memberships (organization_id, group_id, member_id, member_type)
            select d.organization_id, d.group_id, d.member_id, 'User'
            from deleted_memberships d where d.organization_id = @organizationId and d.member_id = @id
            and exists (select 1 from groups g where g.organization_id = @organizationId and g.id = d.group_id)
            on conflict do nothing
            """,
            key);
        if (returned == 0)
        {
            return [];
        }

        await IncreaseVersionsAsync(storage, organizationId, id, now);
        return [.. (await ReadGroupsAsync(storage, organizationId, id)).Select(group => new Happening(organizationId, EventTypes.MemberAdded, "Group", group.Id, group.Version, Member: id, MemberType: "User"))];
    }

    private static async Task<IReadOnlyList<Held>> ReadGroupsAsync(StorageSession storage, string organizationId, string id) => (await storage.Connection.QueryAsync<Held>(
        """
        select g.id, g.version from groups g
        where g.organization_id = @organizationId and g.id in (
            select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = @id)
        order by g.id
        """,
        new { organizationId, id })).AsList();

    private static async Task<int> IncreaseVersionsAsync(StorageSession storage, string organizationId, string id, DateTimeOffset now)
    {
        var key = new { organizationId, id, now = DateTimeValue.Format(now) };

        // Time does not stand still for a resource, even if the server's clock does; mostly there are none such.
        var late = (await storage.Connection.QueryAsync<Late>(
            """
            select g.id, g.version, g.created_at, g.last_modified_at from groups g
            where g.organization_id = @organizationId and g.last_modified_at >= @now and g.id in (
                select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = @id)
            """,
            key)).AsList();
        var changed = await storage.Connection.ExecuteAsync(
            """
            update groups set version = version + 1, last_modified_at = @now
            where organization_id = @organizationId and last_modified_at < @now and id in (
                select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = @id)
            """,
            key);
        foreach (var group in late)
        {
            var meta = new ResourceMeta(group.Version, group.CreatedAt, group.LastModifiedAt).Next(now);
            changed += await storage.Connection.ExecuteAsync(
                "update groups set version = @Version, last_modified_at = @LastModifiedAt where organization_id = @organizationId and id = @Id",
                new { organizationId, group.Id, meta.Version, meta.LastModifiedAt });
        }

        return changed;
    }

    private sealed record Held
    {
        public required string Id { get; init; }

        public required long Version { get; init; }
    }

    private sealed record Late
    {
        public required string Id { get; init; }

        public required long Version { get; init; }

        public required string CreatedAt { get; init; }

        public required string LastModifiedAt { get; init; }
    }
}
