using Dapper;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary>A group as an operator names it: by its id, or by its name where no other has it.</summary>
internal sealed record MappedGroup(string Id, string DisplayName)
{
    /// <summary>The group, which stays until the unit of work ends. Throws 404 where there is none, and 409 where several have the name.</summary>
    public static async Task<MappedGroup> FindAsync(StorageSession storage, string organizationId, string nameOrId)
    {
        var groups = (await storage.Connection.QueryAsync<MappedGroup>(
            $"""
            select g.id, g.display_name from groups g
            where g.organization_id = @organizationId and (g.id = @nameOrId or g.display_name_key = @nameKey) order by g.id limit 20{storage.Dialect.Keeping("g")}
            """,
            new { organizationId, nameOrId, nameKey = FoldedKey.Of(nameOrId) })).AsList();
        return groups.FirstOrDefault(group => group.Id == nameOrId) ?? groups.Count switch
        {
            0 => throw ScimException.NotFound($"There is no group '{Excerpt.Of(nameOrId)}'; the identity provider has to push it first."),
            1 => groups[0],
            _ => throw ScimException.Conflict($"{groups.Count} groups are named '{Excerpt.Of(nameOrId)}'. Name one by its id: {string.Join(", ", groups.Select(group => group.Id))}."),
        };
    }
}
