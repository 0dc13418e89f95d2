using Dapper;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>Groups inside a group: never in a circle, and not without end. Runs inside the unit of work that holds the group's row.</summary>
internal sealed class Nesting(StorageSession storage, string organizationId, string groupId)
{
    /// <summary>Groups inside one another. It bounds what it takes to find the groups of a user.</summary>
    public const int MaxNesting = 50;

    /// <summary>
    /// Throws 400 invalidValue where a group that is added is this one or one that it is in already, and where groups would be nested too deep.
    /// </summary>
    /// <param name="ids">The groups that are added, as a JSON array of their ids.</param>
    public async Task CheckAsync(string ids)
    {
        // Two that nest at once would each not see the other's membership; the organization's row lets the second wait for the first.
        await storage.Connection.ExecuteAsync(
            $"select 1 from organizations o where o.id = @organizationId{storage.Dialect.Locking("o")}", new { organizationId });
        var above = await storage.Connection.ExecuteScalarAsync<string?>(
            $"""
            with recursive up (id) as (
                select g.id from groups g where g.organization_id = @organizationId and g.id = @groupId
                union
                select m.group_id from up cross join memberships m where m.organization_id = @organizationId and m.member_id = up.id and m.member_type = 'Group')
            select up.id from up join {storage.Dialect.Texts("@ids", "i")} on i.value = up.id limit 1
            """,
            new { organizationId, groupId, ids });
        if (above is not null)
        {
            throw ScimException.Circular($"{GroupMembers.Name}: the group '{above}' cannot be a member: this group is in it already, or is the same.");
        }

        // The levels above this group, itself among them, and those below the added ones, themselves among them.
        var levels = await storage.Connection.ExecuteScalarAsync<long>(
            $"""
            with recursive up (id, level) as (
                select g.id, 1 from groups g where g.organization_id = @organizationId and g.id = @groupId
                union
                select m.group_id, up.level + 1 from up cross join memberships m
                where m.organization_id = @organizationId and m.member_id = up.id and up.level <= @most),
            down (id, level) as (
                select g.id, 1 from groups g where g.organization_id = @organizationId and {storage.Dialect.IsAmong("g.id", "@ids")}
                union
                select m.member_id, down.level + 1 from down cross join memberships m
                where m.organization_id = @organizationId and m.group_id = down.id and m.member_type = 'Group' and down.level <= @most)
            select (select max(level) from up) + (select max(level) from down)
            """,
            new { organizationId, groupId, ids, most = MaxNesting });
        if (levels > MaxNesting)
        {
            throw ScimException.InvalidValue($"{GroupMembers.Name}: groups may be inside one another over {MaxNesting} levels at most.");
        }
    }
}
