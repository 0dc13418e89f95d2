using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Memberships;

/// <summary>
/// Which of an organization's mapped groups its members are in, directly or through other groups. Read level by level from the members upwards, so
/// that it costs what these are in, and not what the mapped groups hold.
/// </summary>
/// <param name="mappings">The role, as roles compare, by the id of the group that gives it.</param>
internal sealed class MappedRoles(StorageSession storage, string organizationId, IReadOnlyDictionary<string, string> mappings)
{
    public IEnumerable<string> Groups => mappings.Keys;

    public static async Task<MappedRoles> ReadAsync(StorageSession storage, string organizationId, string? besides = null) => new(
        storage,
        organizationId,
        (await storage.Connection.QueryAsync<(string GroupId, string RoleKey)>("select group_id, role_key from role_mappings where organization_id = @organizationId", new { organizationId }))
            .Where(mapping => mapping.GroupId != besides).ToDictionary(mapping => mapping.GroupId, mapping => mapping.RoleKey, StringComparer.Ordinal));

    /// <summary>The roles, as they compare, that such groups give.</summary>
    public IEnumerable<string> Of(IEnumerable<string> groups) => groups.Where(mappings.ContainsKey).Select(group => mappings[group]);

    /// <summary>The mapped groups, and <paramref name="watched"/>, that each of these users or groups is in.</summary>
    /// <param name="without">Members of the watched group whose membership is passed over.</param>
    public async Task<IReadOnlyDictionary<string, HashSet<string>>> AboveAsync(IReadOnlyCollection<string> members, string? watched = null, IReadOnlyDictionary<string, string>? without = null)
    {
        var (edges, reached) = (new Dictionary<string, List<string>>(StringComparer.Ordinal), new Dictionary<string, HashSet<string>>(StringComparer.Ordinal));
        if (mappings.Count > 0)
        {
            for (var level = members; level.Count > 0;)
            {
                level = await ReadLevelAsync(level);
            }
        }

        return members.ToDictionary(member => member, Reached, StringComparer.Ordinal);

        async Task<IReadOnlyCollection<string>> ReadLevelAsync(IReadOnlyCollection<string> level)
        {
            var next = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (member, group) in await storage.Connection.QueryAsync<(string MemberId, string GroupId)>(
                $"select m.member_id, m.group_id from memberships m where m.organization_id = @organizationId and {storage.Dialect.IsAmong("m.member_id", "@ids")}",
                new { organizationId, ids = JsonSerializer.Serialize(level) }))
            {
                if (group == watched && without?.ContainsKey(member) == true)
                {
                    continue;
                }

                if (!edges.TryGetValue(member, out var groups))
                {
                    edges[member] = groups = [];
                }

                groups.Add(group);
                next.Add(group);
            }

            next.ExceptWith(edges.Keys);
            return next;
        }

        // Groups are in one another so many levels deep at most, and in no circle.
        HashSet<string> Reached(string id)
        {
            if (!reached.TryGetValue(id, out var found))
            {
                found = new HashSet<string>(StringComparer.Ordinal);
                foreach (var group in edges.GetValueOrDefault(id) ?? [])
                {
                    found.UnionWith(Reached(group));
                    if (group == watched || mappings.ContainsKey(group))
                    {
                        found.Add(group);
                    }
                }

                reached[id] = found;
            }

            return found;
        }
    }

    /// <summary>The users among members (their resource types by their ids), and those in the groups among them, through any nesting.</summary>
    public async Task<HashSet<string>> UsersAsync(IEnumerable<KeyValuePair<string, string>> members)
    {
        var users = new HashSet<string>(StringComparer.Ordinal);
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, kind) in members)
        {
            (kind == "User" ? users : groups).Add(id);
        }

        for (IReadOnlyCollection<string> level = [.. groups]; level.Count > 0;)
        {
            var key = new { organizationId, ids = JsonSerializer.Serialize(level) };
            users.UnionWith(await storage.Connection.QueryAsync<string>(
                $"select m.member_id from memberships m where m.organization_id = @organizationId and {storage.Dialect.IsAmong("m.group_id", "@ids")} and m.member_type = 'User'", key));
            level = [.. (await storage.Connection.QueryAsync<string>(
                $"select m.member_id from memberships m where m.organization_id = @organizationId and {storage.Dialect.IsAmong("m.group_id", "@ids")} and m.member_type = 'Group'", key)).Where(groups.Add)];
        }

        return users;
    }
}
