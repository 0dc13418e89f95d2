using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>The groups that an organization's tombstones were in, in an export: who is restored where it has moved to comes back to them.</summary>
internal sealed class DeletedMembershipPart : IOrganizationPart
{
    public string Kind => "deletedMembership";

    public int Order => 22;

    public bool IsSecret => false;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var memberships = storage.Connection.QueryUnbufferedAsync<Membership>(
            "select group_id, member_id from deleted_memberships where organization_id = @organizationId order by member_id, group_id", new { organizationId });
        await foreach (var membership in memberships)
        {
            yield return json =>
            {
                json.WriteString("group", membership.GroupId);
                json.WriteString("user", membership.MemberId);
            };
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        // Of a user that is no tombstone, and of a group that is not there, it would say nothing.
        var inserted = await storage.Connection.ExecuteAsync(
            """
            insert into deleted_memberships (organization_id, member_id, group_id)
            select d.organization_id, d.id, @groupId
            from deleted_users d where d.organization_id = @organizationId and d.id = @userId
            and exists (select 1 from groups g where g.organization_id = @organizationId and g.id = @groupId)
            on conflict do nothing
            """,
            new { organizationId = organization.Id, groupId = line.Id("group"), userId = line.Id("user") });
        if (inserted == 0)
        {
            throw ScimException.InvalidValue("No lines before have the deleted user and the group, or this line stands twice.");
        }
    }

    private sealed record Membership
    {
        public required string GroupId { get; init; }

        public required string MemberId { get; init; }
    }
}
