using System.Text.Json.Nodes;
using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Memberships;

/// <summary>
/// What a user may do in the application: the highest, in the order of the organization's catalogue, of the role that was sent and of those
/// that its groups are mapped to. It is worked out where it is asked for, so that it follows memberships, mappings and catalogue at once;
/// SCIM shows the role that was sent.
/// </summary>
internal static class EffectiveRole
{
    /// <summary>What events and snapshots call it.</summary>
    public const string Name = "effectiveRole";

    /// <summary>The effective role of a user that was sent a role; null where it has none.</summary>
    public static async Task<string?> OfAsync(StorageSession storage, CurrentOrganization organization, string id, string? sent) => Highest(
        organization.Settings,
        sent,
        await storage.Connection.QueryAsync<string>(
            """
            with recursive up (id) as (
                select m.group_id from memberships m where m.organization_id = @organizationId and m.member_id = @id
                union
                select m.group_id from up cross join memberships m where m.organization_id = @organizationId and m.member_id = up.id and m.member_type = 'Group')
            select distinct r.role_key from up cross join role_mappings r where r.organization_id = @organizationId and r.group_id = up.id
            """,
            new { organizationId = organization.Id, id }));

    /// <summary>Roles compare without regard to case.</summary>
    public static bool AreSame(string? one, string? other) => one is null || other is null ? one == other : FoldedKey.Of(one) == FoldedKey.Of(other);

    /// <summary>It as an event holds it, beside the other values that changed; null where there is nothing to hold.</summary>
    /// <param name="values">A JSON object with the others; null for none.</param>
    public static string? Json(string? role, string? values = null)
    {
        if (role is null)
        {
            return values;
        }

        var json = values is null ? [] : JsonNode.Parse(values)!.AsObject();
        json[Name] = role;
        return json.ToJsonString();
    }

    /// <summary>A role that the catalogue has not any more is below all that it has.</summary>
    public static string? Highest(OrganizationSettings settings, string? sent, IEnumerable<string> mappedKeys)
    {
        var keys = mappedKeys.ToHashSet(StringComparer.Ordinal);
        if (sent is not null)
        {
            keys.Add(FoldedKey.Of(sent));
        }

        return settings.Roles.FirstOrDefault(role => keys.Contains(FoldedKey.Of(role))) ?? sent;
    }
}
