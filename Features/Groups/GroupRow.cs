using Dapper;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>A group as its row holds it, without its members.</summary>
internal sealed record GroupRow
{
    public required string Id { get; init; }

    public required long Version { get; init; }

    public required string CreatedAt { get; init; }

    public required string LastModifiedAt { get; init; }

    public required byte[] Document { get; init; }

    public ResourceMeta Meta => new(Version, CreatedAt, LastModifiedAt);

    /// <summary>
    /// The group of that id, locked against other changes until the unit of work ends, those of its members among them. Throws 404 where
    /// there is none, the same for unknown, deleted and foreign ids.
    /// </summary>
    public static async Task<GroupRow> FindLockedAsync(StorageSession storage, string organizationId, string id) =>
        await storage.Connection.QuerySingleOrDefaultAsync<GroupRow>(
            $"""
            select g.id, g.version, g.created_at, g.last_modified_at, g.document
            from groups g where g.organization_id = @organizationId and g.id = @id{storage.Dialect.Locking("g")}
            """,
            new { organizationId, id })
        ?? throw GroupRules.NotFound(id);
}
