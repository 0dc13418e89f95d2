using System.Text.Json;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>Groups, for a search over all resources.</summary>
internal sealed class GroupSource : IResourceSource
{
    public string Place => "1";

    public string Rows => "groups g";

    public ResourceType TypeOf(SchemaRegistry schemas) => schemas.Group;

    public ResourceTable TableOf(OrganizationSettings settings) => GroupTable.Filtered;

    public void AddUrls(string sql, SqlParameters parameters, PublicUrls urls) => GroupTable.AddUrls(sql, parameters, urls);

    public ValueTask<IReadOnlyDictionary<string, StoredResource>> ReadAsync(
        StorageSession storage, string organizationId, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        storage.ReadAsync<IReadOnlyDictionary<string, StoredResource>>(
            $"""
            select {GroupTable.Served}, g.id, g.last_modified_at from groups g
            where g.organization_id = @organizationId and {storage.Dialect.IsAmong("g.id", "@ids")}
            """,
            new SqlParameters().With("organizationId", organizationId).With("ids", JsonSerializer.Serialize(ids)),
            static async (_, rows, token) =>
            {
                var found = new Dictionary<string, StoredResource>();
                while (await rows.ReadAsync(token))
                {
                    found[rows.GetString(2)] = StoredResource.Of(rows.GetInt64(0), rows.GetString(3), rows.GetFieldValue<byte[]>(1));
                }

                return found;
            },
            cancellationToken);

    public async ValueTask<IResourceStream> OpenAsync(
        StorageSession storage, string organizationId, StoredResource resource, AttributeSelection? selection, PublicUrls urls, CancellationToken cancellationToken) =>
        (GroupStream.ShowsMembers(selection) ? await GroupStream.TryOpenAsync(storage, organizationId, resource.Id, selection, urls, page: null, cancellationToken) : null)
        ?? GroupStream.Of(resource, selection, urls);
}
