using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>Which columns of the table <c>users</c> hold what filters ask for most.</summary>
internal static class UserTable
{
    /// <summary>The columns of <see cref="UserRow"/>, in statements that call the table <c>u</c>.</summary>
    public const string Columns = "u.id, u.version, u.created_at, u.last_modified_at, u.active, u.role_key, u.document";

    /// <summary>The parameter that filters over <c>meta.location</c> take: the URL that stands before the ids of users.</summary>
    public const string Location = "@location";

    /// <summary>The parameter that filters over <c>groups.$ref</c> take: the URL that stands before the ids of groups.</summary>
    private const string GroupLocation = "@groupLocation";

    /// <summary>
    /// The groups of a user, direct ones and those that they are in; a group that is both is direct. That only groups are above a group is said
    /// for PostgreSQL, which would otherwise hash all memberships of the organization for each user.
    /// </summary>
    private static ValueRows Groups { get; } = new(
        (alias, id) => $"""
            (with recursive up (id, type_key) as (
                select m.group_id, 'direct' from memberships m where m.organization_id = @organizationId and m.member_id = {id}
                union
                select m.group_id, 'indirect' from up cross join memberships m where m.organization_id = @organizationId and m.member_id = up.id and m.member_type = 'Group')
            select up.id, min(up.type_key) as type_key from up group by up.id) {alias}
            where 1 = 1
            """,
        new Dictionary<string, Func<string, string>>
        {
            ["value"] = alias => $"{alias}.id",
            ["$ref"] = alias => $"({GroupLocation} || {alias}.id)",
            ["display"] = alias => $"(select g.display_name_key from groups g where g.organization_id = @organizationId and g.id = {alias}.id)",
            ["type"] = alias => $"{alias}.type_key",
        },
        alias => $"{alias}.type_key, {alias}.id",
        value => $"""
            u.id in (
                with recursive down (id) as (
                    select g.id from groups g where g.organization_id = @organizationId and g.id = {value}
                    union
                    select m.member_id from down cross join memberships m where m.organization_id = @organizationId and m.group_id = down.id and m.member_type = 'Group')
                select m.member_id from down cross join memberships m where m.organization_id = @organizationId and m.group_id = down.id and m.member_type = 'User')
            """);

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
        Indexed = new HashSet<string> { "id", "userName", "externalId", "displayName" },
        Unique = new HashSet<string> { "id", "userName" },
        Lookups = new HashSet<string> { "emails.value" },
        LookupTable = "user_lookups",
        Rows = new Dictionary<string, ValueRows> { [GroupsOfUsers.Name] = Groups },
    };

    /// <summary>Gives a statement the URLs that it uses.</summary>
    public static void AddUrls(string sql, SqlParameters parameters, PublicUrls urls)
    {
        if (sql.Contains(Location, StringComparison.Ordinal))
        {
            parameters.With(Location[1..], $"{urls.BaseUrl}/Users/");
        }

        if (sql.Contains(GroupLocation, StringComparison.Ordinal))
        {
            parameters.With(GroupLocation[1..], $"{urls.BaseUrl}/Groups/");
        }
    }

    /// <summary>The same with what an organization has marked to be looked up fast.</summary>
    public static ResourceTable Of(OrganizationSettings settings) =>
        settings.Indexed.Count == 0 ? Filtered : Filtered with { Lookups = new HashSet<string>([.. Filtered.Lookups, .. settings.Indexed]) };
}
