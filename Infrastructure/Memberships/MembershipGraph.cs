using System.Data.Common;

namespace ScimSlice.Infrastructure.Memberships;

/// <summary>Who is a member of which groups, and those of which, as far as it was read.</summary>
internal sealed class MembershipGraph
{
    private readonly Dictionary<string, List<string>> groupsOf = [];
    private readonly Dictionary<string, string> names = [];

    public int Edges { get; private set; }

    /// <summary>Reads rows of a member, a group, and the group's name; returns the groups that were not there before.</summary>
    public async ValueTask<IReadOnlyList<string>> ReadAsync(DbDataReader rows, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var (member, group) = (rows.GetString(0), rows.GetString(1));
            if (names.TryAdd(group, rows.GetString(2)))
            {
                found.Add(group);
            }

            if (!groupsOf.TryGetValue(member, out var groups))
            {
                groupsOf[member] = groups = [];
            }

            groups.Add(group);
            Edges++;
        }

        return found;
    }

    /// <summary>The groups that a member is in, those that it is in itself first, each in the order of the ids.</summary>
    public IReadOnlyList<GroupOfUser> GroupsOf(string member)
    {
        if (!groupsOf.TryGetValue(member, out var direct))
        {
            return [];
        }

        var seen = new HashSet<string>(direct);
        var open = new Queue<string>(direct);
        var indirect = new List<string>();
        while (open.TryDequeue(out var group))
        {
            foreach (var above in groupsOf.GetValueOrDefault(group) ?? [])
            {
                if (seen.Add(above))
                {
                    indirect.Add(above);
                    open.Enqueue(above);
                }
            }
        }

        return
        [
            .. direct.Order(StringComparer.Ordinal).Select(id => new GroupOfUser(id, names[id], IsDirect: true)),
            .. indirect.Order(StringComparer.Ordinal).Select(id => new GroupOfUser(id, names[id], IsDirect: false)),
        ];
    }
}
