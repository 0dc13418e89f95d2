using System.Buffers;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Memberships;

/// <summary>
/// The attribute <c>groups</c> of users: worked out from the memberships where a user is shown, so that it is the same in every answer and
/// a change of a group writes no user. RFC 7643 §4.1.2.
/// </summary>
public static class GroupsOfUsers
{
    /// <summary>The attribute's name.</summary>
    public const string Name = "groups";

    /// <summary>Memberships that are read for the users of one page, and groups that are shown of them together; with more, the page ends earlier.</summary>
    public const int MaxEdges = 50_000;

    /// <summary>The groups of one user, those that it is in itself first.</summary>
    public static async ValueTask<IReadOnlyList<GroupOfUser>> OfAsync(StorageSession storage, string organizationId, string id, CancellationToken cancellationToken) =>
        (await ReadAsync(storage, organizationId, [id], int.MaxValue, cancellationToken)).GroupsOf(id);

    /// <summary>The attribute's value as a client reads it, null where the user is in no group.</summary>
    public static AttributeValue? Value(IReadOnlyList<GroupOfUser> groups, PublicUrls urls) => groups.Count == 0 ? null : new AttributeValue.Multi(
    [
        .. groups.Select(group => AttributeValue.Complex.Empty
            .With("value", new AttributeValue.Text(group.Id))
            .With("$ref", new AttributeValue.Text(Location(group, urls)))
            .With("display", new AttributeValue.Text(group.Display))
            .With("type", new AttributeValue.Text(Kind(group)))),
    ]);

    /// <summary>A user with its groups.</summary>
    public static StoredResource Splice(StoredResource user, IReadOnlyList<GroupOfUser> groups, PublicUrls urls) => groups.Count == 0 ? user : user.With("groups"u8, Json(groups, urls));

    /// <summary>
    /// Users with their groups: as many from the beginning (or the end) as are in no more groups than one answer should hold.
    /// </summary>
    public static async ValueTask<IReadOnlyList<StoredResource>> SpliceAsync(
        StorageSession storage, string organizationId, IReadOnlyList<StoredResource> users, bool fromEnd, PublicUrls urls, CancellationToken cancellationToken)
    {
        var count = users.Count;
        while (count > 0)
        {
            // One user is shown whole, whatever it is in.
            var limit = count > 1 ? MaxEdges : int.MaxValue;
            var part = count == users.Count ? users : [.. fromEnd ? users.TakeLast(count) : users.Take(count)];
            var ids = part.Select(user => user.Id).ToArray();
            var graph = await ReadAsync(storage, organizationId, ids, limit, cancellationToken);
            if (graph.Edges < limit)
            {
                return graph.Edges == 0 ? part : Splice(part, graph, fromEnd, urls);
            }

            count /= 2;
        }

        return users;
    }

    /// <summary>
    /// The memberships of these members, of the groups that they are in, and so on, level by level: mostly there is one. A recursive
    /// statement would let PostgreSQL read all memberships of the organization, where there are some ten thousand.
    /// </summary>
    private static async ValueTask<MembershipGraph> ReadAsync(
        StorageSession storage, string organizationId, IReadOnlyList<string> ids, int limit, CancellationToken cancellationToken)
    {
        var graph = new MembershipGraph();
        for (var members = ids; members.Count > 0 && graph.Edges < limit;)
        {
            members = await storage.ReadAsync(
                $"""
                select m.member_id, m.group_id, g.display_name
                from memberships m join groups g on g.organization_id = m.organization_id and g.id = m.group_id
                where m.organization_id = @organizationId and {storage.Dialect.IsAmong("m.member_id", "@ids")}
                limit @limit
                """,
                new SqlParameters().With("organizationId", organizationId).With("ids", JsonSerializer.Serialize(members)).With("limit", limit - graph.Edges),
                (_, rows, token) => graph.ReadAsync(rows, token),
                cancellationToken);
        }

        return graph;
    }

    private static string Location(GroupOfUser group, PublicUrls urls) => $"{urls.BaseUrl}/Groups/{group.Id}";

    private static string Kind(GroupOfUser group) => group.IsDirect ? "direct" : "indirect";

    /// <summary>Users with their groups, until those are enough for one answer; one user is shown whole, whatever it is in.</summary>
    private static StoredResource[] Splice(IReadOnlyList<StoredResource> users, MembershipGraph graph, bool fromEnd, PublicUrls urls)
    {
        var spliced = new List<StoredResource>(users.Count);
        var shown = 0;
        foreach (var user in fromEnd ? users.Reverse() : users)
        {
            var groups = graph.GroupsOf(user.Id);
            shown += groups.Count;
            if (shown > MaxEdges && spliced.Count > 0)
            {
                break;
            }

            spliced.Add(Splice(user, groups, urls));
        }

        if (fromEnd)
        {
            spliced.Reverse();
        }

        return [.. spliced];
    }

    private static ReadOnlySpan<byte> Json(IReadOnlyList<GroupOfUser> groups, PublicUrls urls)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions);
        writer.WriteStartArray();
        foreach (var group in groups)
        {
            writer.WriteStartObject();
            writer.WriteString("value", group.Id);
            writer.WriteString("$ref", Location(group, urls));
            writer.WriteString("display", group.Display);
            writer.WriteString("type", Kind(group));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        return output.WrittenSpan;
    }
}
