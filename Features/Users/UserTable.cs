using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>Which columns of the table <c>users</c> hold what filters ask for most.</summary>
internal static class UserTable
{
    /// <summary>The columns of <see cref="UserRow"/>, in statements that call the table <c>u</c>.</summary>
    public const string Columns = "u.id, u.version, u.created_at, u.last_modified_at, u.active, u.role_key, u.document";

    /// <summary>The parameter that filters over <c>meta.location</c> take: the URL that stands before the ids of users.</summary>
    public const string Location = "@location";

    /// <summary>Where users lie.</summary>
    public static ResourceTable Filtered { get; } = new("u", new Dictionary<string, string>
    {
        ["id"] = "u.id",
        ["externalId"] = "u.external_id",
        ["userName"] = "u.user_name_key",
        ["displayName"] = "u.display_name_key",
        ["role"] = "u.role_key",
        ["active"] = "(case u.active when 0 then 'false' else 'true' end)",
        ["meta.resourceType"] = "'User'",
        // Columns are exact to the millisecond, keys to 100 nanoseconds (see DateTimeValue.Key).
        ["meta.created"] = "(substr(u.created_at, 1, 23) || '0000Z')",
        ["meta.lastModified"] = "(substr(u.last_modified_at, 1, 23) || '0000Z')",
        ["meta.location"] = $"({Location} || u.id)",
        ["meta.version"] = "('W/\"' || u.version || '\"')",
    })
    {
        AlwaysAssigned = new HashSet<string> { "id", "userName", "active", "meta.created", "meta.lastModified", "meta.location", "meta.version" },
        Unique = new HashSet<string> { "id", "userName" },
        Lookups = new HashSet<string> { "emails.value" },
        LookupTable = "user_lookups",
    };

    /// <summary>The same with what an organization has marked to be looked up fast.</summary>
    public static ResourceTable Of(OrganizationSettings settings) =>
        settings.Indexed.Count == 0 ? Filtered : Filtered with { Lookups = new HashSet<string>([.. Filtered.Lookups, .. settings.Indexed]) };
}
