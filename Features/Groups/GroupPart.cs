using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>An organization's groups in an export, without their members.</summary>
internal sealed class GroupPart : IOrganizationPart
{
    public string Kind => "group";

    public int Order => 20;

    public bool IsSecret => false;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var groups = storage.Connection.QueryUnbufferedAsync<GroupRow>(
            "select id, version, created_at, last_modified_at, document from groups where organization_id = @organizationId order by id", new { organizationId });
        await foreach (var group in groups)
        {
            yield return json => ImportedResource.Write(json, StoredResource.Of(group.Version, group.LastModifiedAt, group.Document).Document);
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var imported = ImportedResource.Read(line, _ => organization.Schemas.Group);
        var (group, members) = GroupMembers.Split(imported.Document);
        if (members.Count > 0)
        {
            throw ScimException.InvalidValue($"{GroupMembers.Name}: stand on lines of their own.");
        }

        if (!await GroupInsert.TryAsync(storage, GroupValues.Of(organization.Id, imported.Id, group, imported.Meta)))
        {
            throw ScimException.Uniqueness($"The id {imported.Id} stands on an earlier line already.");
        }
    }
}
