using Dapper;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>The values, beside userName, that a schema of the operator wants to be unique. A primary key decides every race for one.</summary>
internal static class UserUniques
{
    /// <summary>Gives up what a user had and takes what it has now. Throws 409 for a value that another user has.</summary>
    public static async Task ChangeAsync(
        StorageSession storage, ResourceType type, string organizationId, string id, IReadOnlyList<UniqueValue> before, IReadOnlyList<UniqueValue> after)
    {
        foreach (var value in before.Except(after))
        {
            await storage.Connection.ExecuteAsync(
                "delete from user_uniques where organization_id = @organizationId and attribute = @Attribute and value_key = @Key and id = @id",
                new { organizationId, id, value.Attribute, value.Key });
        }

        // Those that it had already as well: they may have been written before their schema wanted them to be unique.
        foreach (var value in after)
        {
            if (!await TryTakeAsync(storage, organizationId, id, value)
                && !(await IsGivenUpAsync(storage, type, organizationId, value) && await TryTakeAsync(storage, organizationId, id, value)))
            {
                throw ScimException.Uniqueness($"{value.Attribute}: another user of this organization has this value.");
            }
        }
    }

    private static async Task<bool> TryTakeAsync(StorageSession storage, string organizationId, string id, UniqueValue value) => await storage.Connection.ExecuteAsync(
        """
        insert into user_uniques (organization_id, attribute, value_key, id) values (@organizationId, @Attribute, @Key, @id)
        on conflict (organization_id, attribute, value_key) do update set id = excluded.id where user_uniques.id = excluded.id
        """,
        new { organizationId, id, value.Attribute, value.Key }) == 1;

    /// <summary>
    /// Whether the user who holds a value has another one by now: a program that did not know the schema changed it, and left the row.
    /// </summary>
    private static async Task<bool> IsGivenUpAsync(StorageSession storage, ResourceType type, string organizationId, UniqueValue value)
    {
        var key = new { organizationId, value.Attribute, value.Key };
        var holder = await storage.Connection.ExecuteScalarAsync<string?>(
            "select id from user_uniques where organization_id = @organizationId and attribute = @Attribute and value_key = @Key", key);
        var row = holder is null ? null : await UserRow.TryFindLockedAsync(storage, organizationId, holder);
        if (row is not null && UniqueValue.Of(StoredDocument.Read(type, row.Document), besides: "userName").Contains(value))
        {
            return false;
        }

        await storage.Connection.ExecuteAsync(
            "delete from user_uniques where organization_id = @organizationId and attribute = @Attribute and value_key = @Key and id = @holder",
            new { organizationId, value.Attribute, value.Key, holder });
        return true;
    }
}
