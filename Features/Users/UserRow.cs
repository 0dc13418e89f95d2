using Dapper;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>A user as its row holds it.</summary>
internal sealed record UserRow
{
    private const string Selected = $"select {UserTable.Columns}, {ServedUser.Membership} as in_groups from users u where u.organization_id = @organizationId and u.id = @id";

    public required string Id { get; init; }

    public required long Version { get; init; }

    public required string CreatedAt { get; init; }

    public required string LastModifiedAt { get; init; }

    public required long Active { get; init; }

    public string? RoleKey { get; init; }

    public required byte[] Document { get; init; }

    /// <summary>More than 0 where it is in a group; not read everywhere.</summary>
    public long InGroups { get; init; }

    public bool IsActive => Active != 0;

    /// <summary>Whether owner is the role that was sent.</summary>
    public bool IsOwner => RoleKey == OrganizationSettings.OwnerRole;

    public ResourceMeta Meta => new(Version, CreatedAt, LastModifiedAt);

    /// <summary>The user of that id as it was last committed. Throws 404 where there is none, the same for unknown, deleted and foreign ids.</summary>
    public static async Task<UserRow> FindAsync(StorageSession storage, string organizationId, string id) =>
        await storage.Connection.QuerySingleOrDefaultAsync<UserRow>(Selected, new { organizationId, id }) ?? throw UserRules.NotFound(id);

    /// <summary>The same, locked against other changes until the unit of work ends.</summary>
    public static async Task<UserRow> FindLockedAsync(StorageSession storage, string organizationId, string id) =>
        await TryFindLockedAsync(storage, organizationId, id) ?? throw UserRules.NotFound(id);

    /// <summary>The same, null where there is none.</summary>
    public static Task<UserRow?> TryFindLockedAsync(StorageSession storage, string organizationId, string id) =>
        storage.Connection.QuerySingleOrDefaultAsync<UserRow>($"{Selected}{storage.Dialect.Locking("u")}", new { organizationId, id });

    public StoredResource ToResource() => new(Version, Document);
}
