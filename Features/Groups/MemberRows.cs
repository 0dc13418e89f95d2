using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>
/// The members of one group, which are rows: a change inserts and deletes those that it is about, and reads no others. Runs inside the
/// unit of work that holds the group's row.
/// </summary>
internal sealed class MemberRows(StorageSession storage, ResourceType type, string organizationId, string groupId, PublicUrls urls)
{
    /// <summary>Members that the filters in the paths of one request look at, once for each term. The writer serves nobody else meanwhile.</summary>
    public const long MaxLooks = 200_000;

    /// <summary>Ids that one refusal names.</summary>
    private const int MaxNamed = 20;

    /// <summary>Null for who has to go.</summary>
    private readonly Dictionary<string, Member?> pending = new(StringComparer.Ordinal);

    /// <summary>Who came and went, and its resource type. One may do both: a filter in a path is asked of what the operations before it have made.</summary>
    private readonly Dictionary<string, string> came = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> went = new(StringComparer.Ordinal);
    private int? members;
    private long looks;
    private bool clears;

    /// <summary>
    /// Makes the changes, in order, and says whether they changed anything. Throws 400 invalidValue for whom the organization has not and
    /// for a group that would come to be in itself.
    /// </summary>
    public async Task<bool> ApplyAsync(IReadOnlyList<MemberChange> changes)
    {
        var kinds = await ResolveAsync(changes);
        foreach (var change in changes)
        {
            switch (change)
            {
                case MemberChange.Add add:
                    Expect(add.Members);
                    break;
                case MemberChange.Remove remove:
                    foreach (var id in remove.Ids)
                    {
                        pending[id] = null;
                    }

                    break;
                case MemberChange.ReplaceAll all:
                    pending.Clear();
                    clears = true;
                    Expect(all.Members);
                    break;
                case MemberChange.ReplaceOne one:
                    if (!await HasAsync(one.Member.Id) && !one.Quirks.Allows(Quirk.ReplaceWithoutMatchAsAdd))
                    {
                        throw ScimException.NoTarget($"{GroupMembers.Name}: '{Excerpt.Of(one.Member.Id)}' is no member.");
                    }

                    pending[one.Member.Id] = one.Member;
                    break;
                case MemberChange.RemoveMatches matches:
                    await WriteAsync(kinds);
                    await RemoveAsync(matches);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(changes));
            }
        }

        await WriteAsync(kinds);
        return came.Count + went.Count > 0;
    }

    /// <summary>Who came, and its resource type.</summary>
    public IReadOnlyDictionary<string, string> Came => came;

    /// <summary>Who went, and its resource type.</summary>
    public IReadOnlyDictionary<string, string> Went => went;

    /// <summary>Notes who went and who came, in this order.</summary>
    public void NoteIn(AuditTrail trail, long version)
    {
        foreach (var (members, what) in ((Dictionary<string, string>, string)[])[(went, EventTypes.MemberRemoved), (came, EventTypes.MemberAdded)])
        {
            foreach (var (id, kind) in members.OrderBy(member => member.Value, StringComparer.Ordinal))
            {
                trail.Happened(new Happening(organizationId, what, type.Name, groupId, version, Member: id, MemberType: kind));
            }
        }
    }

    /// <summary>Whether somebody is a member after the operations before.</summary>
    private async Task<bool> HasAsync(string id) => pending.TryGetValue(id, out var member)
        ? member is not null
        : !clears && await storage.Connection.ExecuteScalarAsync<long>(
            "select count(*) from memberships where organization_id = @organizationId and group_id = @groupId and member_id = @id", new { organizationId, groupId, id }) > 0;

    private void Expect(IReadOnlyList<Member> added)
    {
        foreach (var member in added)
        {
            pending[member.Id] = member;
        }
    }

    /// <summary>The resource type of everybody who is added, and a lock on each, so that none is deleted meanwhile.</summary>
    private async Task<Dictionary<string, string>> ResolveAsync(IReadOnlyList<MemberChange> changes)
    {
        var added = changes.SelectMany(change => change switch
        {
            MemberChange.Add add => add.Members,
            MemberChange.ReplaceAll all => all.Members,
            MemberChange.ReplaceOne one => [one.Member],
            _ => [],
        }).ToArray();
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        if (added.Length == 0)
        {
            return kinds;
        }

        var ids = added.Select(member => member.Id).Distinct().ToArray();
        foreach (var id in await storage.Connection.QueryAsync<string>(
            $"""
            select u.id from users u
            where u.organization_id = @organizationId and {storage.Dialect.IsAmong("u.id", "@ids")}{storage.Dialect.Keeping("u")}
            """,
            new { organizationId, ids = JsonSerializer.Serialize(ids) }))
        {
            kinds[id] = "User";
        }

        var others = ids.Where(id => !kinds.ContainsKey(id)).ToArray();
        if (others.Length > 0)
        {
            foreach (var id in await storage.Connection.QueryAsync<string>(
                $"""
                select g.id from groups g
                where g.organization_id = @organizationId and {storage.Dialect.IsAmong("g.id", "@ids")}{storage.Dialect.Keeping("g")}
                """,
                new { organizationId, ids = JsonSerializer.Serialize(others) }))
            {
                kinds[id] = type.Name;
            }

            RefuseUnknown([.. others.Where(id => !kinds.ContainsKey(id))]);
        }

        foreach (var member in added)
        {
            if (member.Type is not null && !member.Type.Equals(kinds[member.Id], StringComparison.OrdinalIgnoreCase))
            {
                throw ScimException.InvalidValue($"{GroupMembers.Name}: '{Excerpt.Of(member.Id)}' is a {kinds[member.Id]} and no {Excerpt.Of(member.Type)}.");
            }
        }

        return kinds;
    }

    /// <summary>Foreign ids are as unknown as those that nobody has.</summary>
    private static void RefuseUnknown(string[] ids)
    {
        if (ids.Length > 0)
        {
            var named = string.Join(", ", ids.Take(MaxNamed).Select(id => $"'{Excerpt.Of(id)}'"));
            throw ScimException.InvalidValue(
                $"{GroupMembers.Name}: there is no User or Group with the id {named}{(ids.Length > MaxNamed ? $" and {ids.Length - MaxNamed} more" : "")}.");
        }
    }

    private async Task WriteAsync(Dictionary<string, string> kinds)
    {
        if (pending.Count == 0 && !clears)
        {
            return;
        }

        var added = pending.Values.OfType<Member>().Select(member => member.Id).ToArray();
        if (clears)
        {
            await DeleteAsync(
                $"""
                delete from memberships where organization_id = @organizationId and group_id = @groupId
                and {storage.Dialect.IsNotAmong("member_id", "@ids")}
                """,
                new { organizationId, groupId, ids = JsonSerializer.Serialize(added) });
        }
        else if (added.Length < pending.Count)
        {
            await DeleteAsync(
                $"""
                delete from memberships where organization_id = @organizationId and group_id = @groupId
                and {storage.Dialect.IsAmong("member_id", "@ids")}
                """,
                new { organizationId, groupId, ids = JsonSerializer.Serialize(pending.Where(entry => entry.Value is null).Select(entry => entry.Key)) });
        }

        foreach (var kind in added.GroupBy(id => kinds[id]))
        {
            var ids = JsonSerializer.Serialize(kind);
            if (kind.Key == type.Name)
            {
                await new Nesting(storage, organizationId, groupId).CheckAsync(ids);
            }

            await InsertAsync(
                $"""
                insert into memberships (organization_id, group_id, member_id, member_type)
                select @organizationId, @groupId, i.value, @kind from {storage.Dialect.Texts("@ids", "i")} where true
                on conflict do nothing
                """,
                new { organizationId, groupId, ids, kind = kind.Key });
        }

        pending.Clear();
        clears = false;
    }

    private async Task RemoveAsync(MemberChange.RemoveMatches matches)
    {
        // It looks at every member, and holds the writer meanwhile.
        members ??= await storage.Connection.ExecuteScalarAsync<int>(
            "select count(*) from memberships where organization_id = @organizationId and group_id = @groupId", new { organizationId, groupId });
        looks += (long)members.Value * PatchBudget.Terms(matches.Inner);
        if (looks > MaxLooks)
        {
            throw ScimException.PayloadTooLarge($"The filters in the paths look at more than {MaxLooks} members together. Name the members, or send fewer such operations at once.");
        }

        var parameters = new SqlParameters().With("organizationId", organizationId).With("groupId", groupId);
        var whole = new ResolvedAttribute(null, type.TopLevel(GroupMembers.Name), null);

        // Chosen once: PostgreSQL may otherwise join the members with those of the filter, and choose for each of them again.
        var sql = $"""
            with chosen as materialized (
                select e0.member_id from {new FilterToSql(type, GroupTable.Filtered, storage.Dialect, parameters).Values(whole, matches.Inner, "@groupId")})
            delete from memberships where organization_id = @organizationId and group_id = @groupId and member_id in (select member_id from chosen)
            """;
        GroupTable.AddUrls(sql, parameters, urls);
        await DeleteAsync(sql, parameters);
    }

    private Task InsertAsync(string sql, object parameters) => ChangeAsync(sql, parameters, came, went);

    private Task DeleteAsync(string sql, object parameters) => ChangeAsync(sql, parameters, went, came);

    /// <summary>Changes rows and remembers whose. What a later operation undoes is no change in the end.</summary>
    private async Task ChangeAsync(string sql, object parameters, Dictionary<string, string> done, Dictionary<string, string> undone)
    {
        foreach (var (id, kind) in await storage.Connection.QueryAsync<(string Id, string Kind)>($"{sql} returning member_id, member_type", parameters))
        {
            if (!undone.Remove(id))
            {
                done[id] = kind;
            }
        }
    }
}
