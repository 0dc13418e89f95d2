using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>Which columns of the table <c>groups</c>, and which rows of <c>memberships</c>, hold what filters ask for.</summary>
internal static class GroupTable
{
    /// <summary>As much of a group's row as an answer needs, in statements that call the table <c>g</c>.</summary>
    public const string Served = "g.version, g.document";

    /// <summary>The parameters that filters over URLs take: what stands before the ids of groups, and of users.</summary>
    private const string Location = "@location";
    private const string UserLocation = "@userLocation";

    /// <summary>The members of a group.</summary>
    private static ValueRows Members { get; } = new(
        (alias, id) => $"memberships {alias} where {alias}.organization_id = @organizationId and {alias}.group_id = {id}",
        new Dictionary<string, Func<string, string>>
        {
            ["value"] = alias => $"{alias}.member_id",
            ["$ref"] = alias => $"((case {alias}.member_type when 'User' then {UserLocation} else {Location} end) || {alias}.member_id)",
            ["type"] = alias => $"lower({alias}.member_type)",
            ["display"] = alias => $"""
                coalesce(
                    (select coalesce(du.display_name_key, du.user_name_key) from users du where du.organization_id = @organizationId and du.id = {alias}.member_id),
                    (select dg.display_name_key from groups dg where dg.organization_id = @organizationId and dg.id = {alias}.member_id))
                """,
        },
        alias => $"{alias}.member_id",
        value => $"g.id in (select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = {value})");

    /// <summary>Where groups lie.</summary>
    public static ResourceTable Filtered { get; } = new("g", new Dictionary<string, string>
    {
        ["id"] = "g.id",
        ["externalId"] = "g.external_id",
        ["displayName"] = "g.display_name_key",
        ["meta.resourceType"] = "'Group'",
        // Columns are exact to the millisecond, keys to 100 nanoseconds (see DateTimeValue.Key).
        ["meta.created"] = "(substr(g.created_at, 1, 23) || '0000Z')",
        ["meta.lastModified"] = "(substr(g.last_modified_at, 1, 23) || '0000Z')",
        ["meta.location"] = $"({Location} || g.id)",
        ["meta.version"] = "('W/\"' || g.version || '\"')",
    })
    {
        AlwaysAssigned = new HashSet<string> { "id", "displayName", "meta.created", "meta.lastModified", "meta.location", "meta.version" },
        Indexed = new HashSet<string> { "id", "externalId", "displayName" },
        Unique = new HashSet<string> { "id" },
        Rows = new Dictionary<string, ValueRows> { [GroupMembers.Name] = Members },
    };

    /// <summary>Gives a statement the URLs that it uses.</summary>
    public static void AddUrls(string sql, SqlParameters parameters, PublicUrls urls)
    {
        if (sql.Contains(Location, StringComparison.Ordinal))
        {
            parameters.With(Location[1..], $"{urls.BaseUrl}/Groups/");
        }

        if (sql.Contains(UserLocation, StringComparison.Ordinal))
        {
            parameters.With(UserLocation[1..], $"{urls.BaseUrl}/Users/");
        }
    }
}
