using Dapper;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>The values, beside userName, that a schema of the operator wants to be unique. A primary key decides every race for one.</summary>
internal static class UserUniques
{
    /// <summary>Gives up what a user had and takes what it has now. Throws 409 for a value that another user has.</summary>
    public static async Task ChangeAsync(StorageSession storage, string organizationId, string id, IReadOnlyList<UniqueValue> before, IReadOnlyList<UniqueValue> after)
    {
        foreach (var value in before.Except(after))
        {
            await storage.Connection.ExecuteAsync(
                "delete from user_uniques where organization_id = @organizationId and attribute = @Attribute and value_key = @Key and id = @id",
                new { organizationId, id, value.Attribute, value.Key });
        }

        foreach (var value in after.Except(before))
        {
            var taken = await storage.Connection.ExecuteAsync(
                """
                insert into user_uniques (organization_id, attribute, value_key, id) values (@organizationId, @Attribute, @Key, @id)
                on conflict do nothing
                """,
                new { organizationId, id, value.Attribute, value.Key });
            if (taken == 0)
            {
                throw ScimException.Uniqueness($"{value.Attribute}: another user of this organization has this value.");
            }
        }
    }
}
