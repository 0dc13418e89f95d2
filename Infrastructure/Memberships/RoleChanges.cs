using System.Text.Json;
using Dapper;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Memberships;

/// <summary>
/// Says whose effective role a change of memberships, mappings or of the catalogue changes, as events of these users. Runs inside the unit of work that makes the
/// change, after its rows are written, and costs as much as there are users whose groups change. Who comes so far holds the organization's row until the
/// unit of work ends: of two changes at once, the second sees what the first has made.
/// </summary>
internal sealed class RoleChanges
{
    /// <summary>Users that are looked at together.</summary>
    private const int BatchSize = 5000;

    private readonly StorageSession storage;
    private readonly string organizationId;
    private readonly OrganizationSettings before;
    private readonly OrganizationSettings after;
    private readonly MappedRoles roles;

    private RoleChanges(StorageSession storage, string organizationId, OrganizationSettings before, OrganizationSettings after, MappedRoles roles) =>
        (this.storage, this.organizationId, this.before, this.after, this.roles) = (storage, organizationId, before, after, roles);

    /// <summary>What tells of the changes of an organization that maps groups to roles; null where it maps none, so that nobody's role can change with them.</summary>
    public static async Task<RoleChanges?> BeginAsync(StorageSession storage, string organizationId)
    {
        var key = new { organizationId };

        // Whoever makes the first mapping waits for this unit of work, and sees what it has written.
        await storage.Connection.ExecuteAsync($"select 1 from organizations o where o.id = @organizationId{storage.Dialect.Keeping("o")}", key);
        if (await storage.Connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from role_mappings where organization_id = @organizationId limit 1) any_mapping", key) == 0)
        {
            return null;
        }

        var settings = (await OrganizationRow.FindLockedAsync(storage, organizationId)).Rules;
        return new RoleChanges(storage, organizationId, settings, settings, await MappedRoles.ReadAsync(storage, organizationId));
    }

    /// <summary>Users whose role changes because members (their resource types by their ids) have come to a group and left it.</summary>
    public static async Task<IReadOnlyList<Happening>> OfMembersAsync(
        StorageSession storage, string organizationId, string groupId, IReadOnlyDictionary<string, string> came, IReadOnlyDictionary<string, string> went)
    {
        if (await BeginAsync(storage, organizationId) is not { } changes || await changes.GivenByAsync(groupId) is not { Count: > 0 } given)
        {
            return [];
        }

        // Who was below one that left and is below one that came has the same as before.
        var (gained, lost) = (await changes.roles.UsersAsync(came), await changes.roles.UsersAsync(went));
        return Together([
            .. await changes.CompareAsync(gained.Where(id => !lost.Contains(id)), [], given, groupId, came),
            .. await changes.CompareAsync(lost.Where(id => !gained.Contains(id)), given, [], groupId, came),
        ]);
    }

    /// <summary>Users whose role changes because a group gives another role now. Roles are as they compare; null for none.</summary>
    public static async Task<IReadOnlyList<Happening>> OfMappingAsync(StorageSession storage, CurrentOrganization organization, string groupId, string? roleBefore, string? roleAfter)
    {
        var others = await MappedRoles.ReadAsync(storage, organization.Id, besides: groupId);
        var changes = new RoleChanges(storage, organization.Id, organization.Settings, organization.Settings, others);
        return roleBefore == roleAfter ? [] : Together(await changes.CompareAsync(
            await others.UsersAsync([new(groupId, "Group")]), roleBefore is null ? [] : [roleBefore], roleAfter is null ? [] : [roleAfter]));
    }

    /// <summary>Users whose role changes because the catalogue has other roles, or has them in another order. Without mapped groups everybody's is what was sent.</summary>
    public static async Task<IReadOnlyList<Happening>> OfCatalogueAsync(StorageSession storage, string organizationId, OrganizationSettings before, OrganizationSettings after)
    {
        if (before.Roles.SequenceEqual(after.Roles))
        {
            return [];
        }

        var roles = await MappedRoles.ReadAsync(storage, organizationId);
        return Together(await new RoleChanges(storage, organizationId, before, after, roles).CompareAsync(
            await roles.UsersAsync(roles.Groups.Select(id => KeyValuePair.Create(id, "Group"))), [], []));
    }

    /// <summary>The roles, as they compare, that a group gives to who is in it: its own, and those of the groups that it is in.</summary>
    public async Task<IReadOnlyCollection<string>> GivenByAsync(string groupId) => [.. roles.Of((await roles.AboveAsync([groupId]))[groupId].Append(groupId)).Distinct()];

    /// <summary>Users whose role changes because a group has ended that gave these roles and had these members (their resource types by their ids).</summary>
    public async Task<IReadOnlyList<Happening>> OfEndAsync(IEnumerable<KeyValuePair<string, string>> members, IReadOnlyCollection<string> given) =>
        Together(await CompareAsync(await roles.UsersAsync(members), given, []));

    /// <summary>The effective role of a user for what it is sent, by its groups as they are.</summary>
    public async Task<Func<string?, string?>> OfUserAsync(string id)
    {
        var mapped = roles.Of((await roles.AboveAsync([id]))[id]).ToArray();
        return sent => EffectiveRole.Highest(after, sent, mapped);
    }

    /// <summary>Compares what users have by their groups and these roles before with what they have by the same groups and those after.</summary>
    /// <param name="watched">Who is in this group in another way has its roles before and after; null for no such group.</param>
    /// <param name="without">Members of that group whose membership is passed over.</param>
    private async Task<List<Happening>> CompareAsync(
        IEnumerable<string> ids, IReadOnlyCollection<string> had, IReadOnlyCollection<string> has, string? watched = null, IReadOnlyDictionary<string, string>? without = null)
    {
        var found = new List<Happening>();
        foreach (var batch in ids.Chunk(BatchSize))
        {
            // Held, so that what is told of a user that is deleted meanwhile is told before that.
            var users = await storage.Connection.QueryAsync<(string Id, long Version, string? RoleKey)>(
                $"select u.id, u.version, u.role_key from users u where u.organization_id = @organizationId and {storage.Dialect.IsAmong("u.id", "@ids")} order by u.id{storage.Dialect.Keeping("u")}",
                new { organizationId, ids = JsonSerializer.Serialize(batch) });
            var above = await roles.AboveAsync(batch, watched, without);
            foreach (var (id, version, sent) in users.Where(user => watched is null || !above[user.Id].Contains(watched)))
            {
                var mapped = roles.Of(above[id]).ToArray();
                var (old, now) = (EffectiveRole.Highest(before, sent, mapped.Concat(had)), EffectiveRole.Highest(after, sent, mapped.Concat(has)));
                if (!EffectiveRole.AreSame(old, now))
                {
                    found.Add(new Happening(organizationId, EventTypes.UserRoleChanged, "User", id, version, EffectiveRole.Json(old), EffectiveRole.Json(now)));
                }
            }
        }

        return found;
    }

    /// <summary>What is the same but for the user stands together, and is written together.</summary>
    private static IReadOnlyList<Happening> Together(IEnumerable<Happening> found) => [.. found.GroupBy(change => (change.Before, change.After, change.Version)).SelectMany(same => same)];
}
