using Dapper;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>An attribute whose values an organization wants to be looked up fast: while its row is there, every change of a user keeps them.</summary>
internal static class IndexedAttribute
{
    /// <summary>Attributes that one organization may mark: each makes every change of a user dearer.</summary>
    public const int Max = 20;

    /// <summary>What is found by an index anyway.</summary>
    private static readonly string[] Always = ["id", "externalId", "userName", "displayName", "emails.value"];

    /// <summary>What has too few values for an index to help, or none that a look-up holds.</summary>
    private static readonly string[] Never = ["role", "active", "schemas"];

    /// <summary>The attributes of these names. Throws 400 for what cannot be marked.</summary>
    public static IReadOnlyList<ResolvedAttribute> Read(IEnumerable<string> names, ResourceType type)
    {
        var attributes = AttributeNames.Read(names, type);
        foreach (var attribute in attributes)
        {
            var name = attribute.ToString();
            if (Always.Contains(name))
            {
                throw ScimException.InvalidValue($"{name} is looked up fast in any case; leave it out.");
            }

            if (Never.Contains(name) || attribute.Attribute == CommonAttributes.Meta || attribute.Target.Returned == Returned.Never || attribute.Attribute!.Returned == Returned.Never)
            {
                throw ScimException.InvalidValue($"{name} cannot be marked: an index would not help.");
            }
        }

        return attributes.Count > Max ? throw ScimException.InvalidValue($"An organization marks at most {Max} attributes.") : attributes;
    }

    /// <summary>
    /// From here on every change keeps the attribute's values. Who was there before is filled in afterwards. Returns whether they were
    /// kept already, and in the same way.
    /// </summary>
    public static async Task<bool> KeepAsync(StorageSession storage, string organizationId, ResolvedAttribute attribute)
    {
        string[] path = attribute.Extension is null ? [attribute.Attribute!.Name] : [attribute.Extension, attribute.Attribute!.Name];
        var (place, member) = attribute.Attribute.MultiValued
            ? (path, attribute.SubAttribute?.Name ?? "")
            : (attribute.SubAttribute is null ? path : [.. path, attribute.SubAttribute.Name], (string?)null);
        var key = new { organizationId, attribute = attribute.ToString(), path = storage.Dialect.JsonPath(place), member };
        var kept = await storage.Connection.ExecuteScalarAsync<long>(
            """
            select count(*) from indexed_attributes
            where organization_id = @organizationId and attribute = @attribute and path = @path and coalesce(member, '-') = coalesce(@member, '-')
            """,
            key) > 0;
        if (kept)
        {
            return true;
        }

        // What was kept in another way, before its schema changed, is not what changes would take away.
        await storage.Connection.ExecuteAsync("delete from user_lookups where organization_id = @organizationId and attribute = @attribute", key);
        await storage.Connection.ExecuteAsync(
            """
            insert into indexed_attributes (organization_id, attribute, path, member)
            values (@organizationId, @attribute, @path, @member)
            on conflict (organization_id, attribute) do update set path = excluded.path, member = excluded.member
            """,
            key);
        return false;
    }
}
