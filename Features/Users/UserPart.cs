using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>An organization's users in an export, as they are stored.</summary>
internal sealed class UserPart : IOrganizationPart
{
    public string Kind => "user";

    public int Order => 10;

    public bool IsSecret => false;

    public async IAsyncEnumerable<Action<Utf8JsonWriter>> ReadAsync(StorageSession storage, string organizationId)
    {
        var documents = storage.Connection.QueryUnbufferedAsync<byte[]>(
            "select document from users where organization_id = @organizationId order by id", new { organizationId });
        await foreach (var document in documents)
        {
            yield return json => ImportedResource.Write(json, document);
        }
    }

    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization, OrganizationLine line)
    {
        var values = ImportedUser.Read(organization, line);
        if (!await UserInsert.TryAsync(storage, values))
        {
            var other = await storage.Connection.ExecuteScalarAsync<string>(
                "select id from users where organization_id = @OrganizationId and user_name_key = @UserNameKey", values);
            throw ScimException.Uniqueness(other is null || other == values.Id
                ? $"The id {values.Id} stands on an earlier line already."
                : $"The userName is that of the user {other} on an earlier line.");
        }
    }
}
