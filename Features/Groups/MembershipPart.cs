using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>The members of an organization's groups in an export, some of one group on each line.</summary>
internal sealed class MembershipPart : IOrganizationPart
{
    /// <summary>Members on one line.</summary>
    private const int MaxMembers = 1000;

    public string Kind => "membership";

    public int Order => 21;

    public bool IsSecret => false;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var memberships = storage.Connection.QueryUnbufferedAsync<Membership>(
            "select group_id, member_id from memberships where organization_id = @organizationId order by group_id, member_id", new { organizationId });
        var (group, members) = ("", new List<string>());
        await foreach (var membership in memberships)
        {
            if (members.Count > 0 && (members.Count == MaxMembers || membership.GroupId != group))
            {
                yield return Line(group, [.. members]);
                members.Clear();
            }

            group = membership.GroupId;
            members.Add(membership.MemberId);
        }

        if (members.Count > 0)
        {
            yield return Line(group, [.. members]);
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var groupId = line.Id("group");
        var members = line.Texts("members");
        if (members.Count is 0 or > MaxMembers)
        {
            throw ScimException.InvalidValue($"members: must be 1 to {MaxMembers} ids.");
        }

        if (await storage.Connection.ExecuteScalarAsync<long>(
            "select count(*) from groups where organization_id = @organizationId and id = @groupId", new { organizationId = organization.Id, groupId }) == 0)
        {
            throw ScimException.InvalidValue($"group: no line before has the group {groupId}.");
        }

        await new MemberRows(storage, organization.Schemas.Group, organization.Id, groupId, new PublicUrls(""))
            .ApplyAsync([new MemberChange.Add([.. members.Select(id => new Member(id, null))])]);
    }

    private static Action<Utf8JsonWriter> Line(string group, IReadOnlyList<string> members) => json =>
    {
        json.WriteString("group", group);
        json.WriteStartArray("members");
        foreach (var member in members)
        {
            json.WriteStringValue(member);
        }

        json.WriteEndArray();
    };

    private sealed record Membership
    {
        public required string GroupId { get; init; }

        public required string MemberId { get; init; }
    }
}
