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

    public async ValueTask<IReadOnlyDictionary<string, StoredResource>> ReadAsync(
        StorageSession storage, string organizationId, IReadOnlyList<string> ids, AttributeSelection? selection, PublicUrls urls, CancellationToken cancellationToken)
    {
        var users = await storage.ReadAsync(
            $"""
            select {ServedUser.Columns} from users u
            where u.organization_id = @organizationId and {storage.Dialect.IsAmong("u.id", "@ids")}
            """,
            new SqlParameters().With("organizationId", organizationId).With("ids", JsonSerializer.Serialize(ids)),
            static async (_, rows, token) =>
            {
                var found = new List<StoredResource>();
                while (await rows.ReadAsync(token))
                {
                    found.Add(new StoredResource(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)));
                }

                return found;
            },
            cancellationToken);
        var shown = ServedUser.ShowsGroups(selection)
            ? await GroupsOfUsers.SpliceAsync(storage, organizationId, users, fromEnd: false, urls, cancellationToken)
            : users;
        return shown.ToDictionary(user => user.Id);
    }

    public ValueTask<IResourceStream> OpenAsync(
        StorageSession storage, string organizationId, StoredResource resource, AttributeSelection? selection, PublicUrls urls, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IResourceStream>(new WholeResource(resource, selection, urls));
}
