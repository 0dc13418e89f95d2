using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary>The groups of an organization that give their members a role, in an export.</summary>
internal sealed class RoleMappingPart : IOrganizationPart
{
    public string Kind => "roleMapping";

    public int Order => 30;

    public bool IsSecret => false;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var mappings = storage.Connection.QueryUnbufferedAsync<Mapping>(
            "select group_id, role_key from role_mappings where organization_id = @organizationId order by group_id", new { organizationId });
        await foreach (var mapping in mappings)
        {
            yield return json =>
            {
                json.WriteString("group", mapping.GroupId);
                json.WriteString("role", mapping.RoleKey);
            };
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var roleKey = FoldedKey.Of(line.Text("role"));
        if (roleKey.Length is 0 or > OrganizationSettings.MaxRoleLength)
        {
            throw ScimException.InvalidValue($"role: must be 1 to {OrganizationSettings.MaxRoleLength} characters.");
        }

        var inserted = await storage.Connection.ExecuteAsync(
            """
            insert into role_mappings (organization_id, group_id, role_key)
            select g.organization_id, g.id, @roleKey from groups g where g.organization_id = @organizationId and g.id = @groupId
            on conflict do nothing
            """,
            new { organizationId = organization.Id, groupId = line.Id("group"), roleKey });
        if (inserted == 0)
        {
            throw ScimException.InvalidValue("group: no line before has the group, or this line stands twice.");
        }
    }

    private sealed record Mapping
    {
        public required string GroupId { get; init; }

        public required string RoleKey { get; init; }
    }
}
