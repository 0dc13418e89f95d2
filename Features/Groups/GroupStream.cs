using System.Buffers;
using System.Data.Common;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>
/// A group with its members, as of one moment, written while the members are read: of however many there are, only a few are in memory.
/// </summary>
internal sealed class GroupStream : IResourceStream
{
    /// <summary>Members that are written in one piece.</summary>
    private const int PieceMembers = 200;

    /// <summary>What a client is told to wait, in seconds, where the storage fails in the middle.</summary>
    private const int RetryAfter = 2;

    private readonly OpenRows? rows;
    private readonly StoredResource group;
    private readonly AttributeSelection? selection;
    private readonly PublicUrls urls;
    private readonly IReadOnlySet<string>? parts;
    private readonly Dictionary<string, string> headers = [];

    /// <summary>Members that were read already.</summary>
    private readonly Queue<ShownMember> read = new();
    private bool begun;
    private bool hasMembers;
    private bool ended;

    private GroupStream(OpenRows? rows, StoredResource group, AttributeSelection? selection, PublicUrls urls)
    {
        (this.rows, this.group, this.selection, this.urls) = (rows, group, selection, urls);
        parts = selection?.PartsOf(GroupMembers.Name);
    }

    public ResourceStamp Stamp => group.Stamp;

    public IReadOnlyDictionary<string, string> Headers => headers;

    /// <summary>Whether an answer has the members of groups.</summary>
    public static bool ShowsMembers(AttributeSelection? selection) => selection?.PartsOf(GroupMembers.Name) is not { Count: 0 };

    /// <summary>A group that is known, without members.</summary>
    public static GroupStream Of(StoredResource group, AttributeSelection? selection, PublicUrls urls) => new(null, group, selection, urls);

    /// <summary>Begins to read a group; null where there is none, the same for unknown, deleted and foreign ids.</summary>
    /// <param name="page">Which of the members; null for all.</param>
    public static async ValueTask<GroupStream?> TryOpenAsync(
        StorageSession storage, string organizationId, string id, AttributeSelection? selection, PublicUrls urls, MemberPage? page, CancellationToken cancellationToken)
    {
        var parameters = new SqlParameters().With("organizationId", organizationId).With("id", id);
        var sql = "select g.version, g.last_modified_at, g.document from groups g where g.organization_id = @organizationId and g.id = @id";
        if (ShowsMembers(selection))
        {
            // One statement, so that the group and its members are of one moment.
            parameters.With("after", page?.After ?? "").With("limit", page is null ? int.MaxValue : page.Count + 2);
            sql = $"""
                select g.version, g.last_modified_at, g.document, '' as id, null as type, null as display
                from groups g where g.organization_id = @organizationId and g.id = @id
                union all
                select null, null, null, m.member_id, m.member_type,
                    coalesce({storage.Dialect.DocumentText("u.document", "displayName")}, {storage.Dialect.DocumentText("u.document", "userName")}, d.display_name)
                from memberships m
                left join users u on u.organization_id = m.organization_id and u.id = m.member_id
                left join groups d on d.organization_id = m.organization_id and d.id = m.member_id
                where m.organization_id = @organizationId and m.group_id = @id and m.member_id > @after
                order by 4 limit @limit
                """;
        }

        var rows = await storage.OpenAsync(sql, parameters, cancellationToken);
        try
        {
            // Ids are not empty, so the group's own row is the first.
            if (await rows.ReadAsync(cancellationToken) && !await rows.Row.IsDBNullAsync(0, cancellationToken))
            {
                var group = new GroupStream(rows, StoredResource.Of(rows.Row.GetInt64(0), rows.Row.GetString(1), rows.Row.GetFieldValue<byte[]>(2)), selection, urls);
                if (ShowsMembers(selection))
                {
                    await group.BeginAsync(page, cancellationToken);
                }

                return group;
            }
        }
        catch
        {
            await rows.DisposeAsync();
            throw;
        }

        await rows.DisposeAsync();
        return null;
    }

    public async ValueTask<bool> WriteAsync(IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        if (!begun)
        {
            begun = true;
            WriteOpen(output);
        }

        if (rows is not null && ShowsMembers(selection))
        {
            using var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions);
            for (var count = 0; count < PieceMembers; count++)
            {
                if (await NextAsync(cancellationToken) is not { } member)
                {
                    output.Write(hasMembers ? "]}"u8 : "}"u8);
                    return false;
                }

                WriteMember(output, writer, member);
            }

            return true;
        }

        output.Write("}"u8);
        return false;
    }

    public ValueTask DisposeAsync() => rows?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The group without members, but for the brace behind it.</summary>
    private void WriteOpen(IBufferWriter<byte> output)
    {
        var whole = new ArrayBufferWriter<byte>(group.Length(urls));
        group.WriteTo(whole, urls, selection);
        output.Write(whole.WrittenSpan[..^1]);
    }

    /// <summary>
    /// Reads a page of members, and says where the next one begins (RFC 8288); or of all of them the first ones, so that a group of the usual
    /// size is read whole where a fault of the storage can still be answered.
    /// </summary>
    private async ValueTask BeginAsync(MemberPage? page, CancellationToken cancellationToken)
    {
        var count = page?.Count ?? PieceMembers;
        while (read.Count < count && await rows!.ReadAsync(cancellationToken))
        {
            read.Enqueue(Member);
        }

        if (page is not null && await rows!.ReadAsync(cancellationToken))
        {
            headers["Link"] = $"<{urls.BaseUrl}{group.Location}?membersCount={count}&membersAfter={read.Last().Id}{page.Selection}>; rel=\"next\"";
        }

        ended = page is not null || read.Count < count;
    }

    private ShownMember Member => new(rows!.Row.GetString(3), rows.Row.GetString(4), rows.Row.IsDBNull(5) ? null : rows.Row.GetString(5));

    private async ValueTask<ShownMember?> NextAsync(CancellationToken cancellationToken)
    {
        if (read.TryDequeue(out var member))
        {
            return member;
        }

        try
        {
            return !ended && await rows!.ReadAsync(cancellationToken) ? Member : null;
        }
        catch (DbException)
        {
            // Where the answer has begun, the connection ends instead.
            throw ScimException.Unconfirmed(RetryAfter);
        }
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

    private readonly record struct ShownMember(string Id, string Type, string? Display);
}
