using System.Text.Json;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>Users, for a search over all resources.</summary>
internal sealed class UserSource : IResourceSource
{
    public string Place => "0";

    public string Rows => "users u";

    public ResourceType TypeOf(SchemaRegistry schemas) => schemas.User;

    public ResourceTable TableOf(OrganizationSettings settings) => UserTable.Of(settings);

    public void AddUrls(string sql, SqlParameters parameters, PublicUrls urls) => UserTable.AddUrls(sql, parameters, urls);

    public ValueTask<IReadOnlyDictionary<string, StoredResource>> ReadAsync(
        StorageSession storage, string organizationId, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        storage.ReadAsync<IReadOnlyDictionary<string, StoredResource>>(
            $"""
            select {ServedUser.Columns}, u.id from users u
            where u.organization_id = @organizationId and {storage.Dialect.IsAmong("u.id", "@ids")}
            """,
            new SqlParameters().With("organizationId", organizationId).With("ids", JsonSerializer.Serialize(ids)),
            static async (_, rows, token) =>
            {
                var found = new Dictionary<string, StoredResource>();
                while (await rows.ReadAsync(token))
                {
                    found[rows.GetString(2)] = new StoredResource(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1));
                }

                return found;
            },
            cancellationToken);

    public async ValueTask<IResourceStream> OpenAsync(
        StorageSession storage, string organizationId, StoredResource resource, AttributeSelection? selection, PublicUrls urls, CancellationToken cancellationToken) =>
        new WholeResource(
            ServedUser.ShowsGroups(selection)
                ? GroupsOfUsers.Splice(resource, await GroupsOfUsers.OfAsync(storage, organizationId, resource.Id, cancellationToken), urls)
                : resource,
            selection,
            urls);
}
