using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>
/// A group with its members, written piece by piece. Up to <see cref="ChunkMembers"/> of them are of one moment, read by one statement
/// with the group itself; a larger group is read chunk by chunk, with no connection held while the client reads, and cut off where it has
/// changed meanwhile.
/// </summary>
internal sealed class GroupStream : IResourceStream
{
    /// <summary>Members that are read, and held in memory, at once.</summary>
    public const int ChunkMembers = 5000;

    /// <summary>Members that are written in one piece.</summary>
    private const int PieceMembers = 200;

    private readonly StoredResource group;
    private readonly AttributeSelection? selection;
    private readonly PublicUrls urls;
    private readonly IReadOnlySet<string>? parts;
    private readonly Dictionary<string, string> headers = [];
    private readonly Func<string, CancellationToken, ValueTask<Chunk?>>? readNext;
    private Queue<ShownMember> members = new();
    private bool hasMore;
    private bool begun;
    private bool hasMembers;

    private GroupStream(StoredResource group, AttributeSelection? selection, PublicUrls urls, Func<string, CancellationToken, ValueTask<Chunk?>>? readNext = null)
    {
        (this.group, this.selection, this.urls, this.readNext) = (group, selection, urls, readNext);
        parts = selection?.PartsOf(GroupMembers.Name);
    }

    public ResourceStamp Stamp => group.Stamp;

    public IReadOnlyDictionary<string, string> Headers => headers;

    /// <summary>Whether an answer has the members of groups.</summary>
    public static bool ShowsMembers(AttributeSelection? selection) => selection?.PartsOf(GroupMembers.Name) is not { Count: 0 };

    /// <summary>A group that is known, without members.</summary>
    public static GroupStream Of(StoredResource group, AttributeSelection? selection, PublicUrls urls) => new(group, selection, urls);

    /// <summary>Reads a group and its first members; null where there is none, the same for unknown, deleted and foreign ids.</summary>
    /// <param name="page">Which of the members; null for all.</param>
    public static async ValueTask<GroupStream?> TryOpenAsync(
        StorageSession storage, string organizationId, string id, AttributeSelection? selection, PublicUrls urls, MemberPage? page, CancellationToken cancellationToken)
    {
        var count = !ShowsMembers(selection) ? 0 : page?.Count ?? ChunkMembers;
        if (await ReadAsync(storage, organizationId, id, page?.After ?? "", count, cancellationToken) is not { } first)
        {
            return null;
        }

        var stream = new GroupStream(first.Group, selection, urls, (after, token) => ReadAsync(storage, organizationId, id, after, ChunkMembers, token)) { members = first.Members, hasMore = first.HasMore };
        if (page is not null && first.HasMore)
        {
            // RFC 8288.
            var next = $"{urls.BaseUrl}{first.Group.Location}?membersCount={count.ToString(CultureInfo.InvariantCulture)}&membersAfter={first.Members.Last().Id}{page.Selection}";
            stream.headers["Link"] = $"<{next}>; rel=\"next\"";
        }

        stream.hasMore &= page is null && count > 0;
        return stream;
    }

    public async ValueTask<bool> WriteAsync(IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        if (!begun)
        {
            begun = true;
            WriteOpen(output);
        }

        using var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions);
        var last = "";
        for (var count = 0; count < PieceMembers && members.TryDequeue(out var member); count++)
        {
            WriteMember(output, writer, member);
            last = member.Id;
        }

        if (members.Count == 0 && hasMore)
        {
            // Where it has another version by now, the rest would not fit to what was sent: the connection ends.
            var next = await readNext!(last, cancellationToken);
            (members, hasMore) = next?.Group.Version == group.Version ? (next.Members, next.HasMore) : throw new IOException("The group has changed while it was sent.");
        }

        if (members.Count > 0)
        {
            return true;
        }

        output.Write(hasMembers ? "]}"u8 : "}"u8);
        return false;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ValueTask<Chunk?> ReadAsync(StorageSession storage, string organizationId, string id, string after, int count, CancellationToken cancellationToken) => storage.ReadAsync(
        // One statement, so that the group and its members are of one moment. Ids are not empty, so the group's own row is the first.
        $"""
        select g.version, g.last_modified_at, g.document, '' as id, null as type, null as display
        from groups g where g.organization_id = @organizationId and g.id = @id
        union all
        select null, null, null, p.member_id, p.member_type,
            coalesce({storage.Dialect.DocumentText("u.document", "displayName")}, {storage.Dialect.DocumentText("u.document", "userName")}, d.display_name)
        from (
            select m.member_id, m.member_type from memberships m
            where m.organization_id = @organizationId and m.group_id = @id and m.member_id > @after order by m.member_id limit @limit) p
        left join users u on u.organization_id = @organizationId and u.id = p.member_id
        left join groups d on d.organization_id = @organizationId and d.id = p.member_id
        order by 4
        """,
        new SqlParameters().With("organizationId", organizationId).With("id", id).With("after", after).With("limit", count == 0 ? 0 : count + 1),
        async (_, rows, token) =>
        {
            if (!await rows.ReadAsync(token) || await rows.IsDBNullAsync(0, token))
            {
                return null;
            }

            var chunk = new Chunk(StoredResource.Of(rows.GetInt64(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2)));
            while (await rows.ReadAsync(token))
            {
                if (chunk.Members.Count == count)
                {
                    chunk.HasMore = true;
                    break;
                }

                chunk.Members.Enqueue(new ShownMember(rows.GetString(3), rows.GetString(4), await rows.IsDBNullAsync(5, token) ? null : rows.GetString(5)));
            }

            return chunk;
        },
        cancellationToken);

    /// <summary>The group without members, but for the brace behind it.</summary>
    private void WriteOpen(IBufferWriter<byte> output)
    {
        var whole = new ArrayBufferWriter<byte>(group.Length(urls));
        group.WriteTo(whole, urls, selection);
        output.Write(whole.WrittenSpan[..^1]);
    }

    private void WriteMember(IBufferWriter<byte> output, Utf8JsonWriter writer, ShownMember member)
    {
        output.Write(hasMembers ? ","u8 : ",\"members\":["u8);
        hasMembers = true;
        writer.Reset(output);
        writer.WriteStartObject();
        Write(writer, "value", member.Id);
        Write(writer, "$ref", $"{urls.BaseUrl}/{(member.Type == "User" ? "Users" : "Groups")}/{member.Id}");
        Write(writer, "display", member.Display);
        Write(writer, "type", member.Type);
        writer.WriteEndObject();
        writer.Flush();
    }

    private void Write(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null && parts?.Contains(name) != false)
        {
            writer.WriteString(name, value);
        }
    }

    private sealed record Chunk(StoredResource Group)
    {
        public Queue<ShownMember> Members { get; } = new();

        public bool HasMore { get; set; }
    }

    private readonly record struct ShownMember(string Id, string Type, string? Display);
}
