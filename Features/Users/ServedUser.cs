using Dapper;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>As much of a user's row as an answer needs.</summary>
internal sealed record ServedUser
{
    /// <summary>The columns, in statements that call the table <c>u</c>.</summary>
    public const string Columns = "u.id, u.version, u.document";

    public required string Id { get; init; }

    public required long Version { get; init; }

    public required byte[] Document { get; init; }

    /// <summary>The user of that id in the organization. Throws 404 where there is none, the same for unknown, deleted and foreign ids.</summary>
    public static async Task<ServedUser> FindAsync(StorageSession storage, string organizationId, string id) =>
        await storage.Connection.QuerySingleOrDefaultAsync<ServedUser>(
            $"select {Columns} from users u where u.organization_id = @organizationId and u.id = @id",
            new { organizationId, id })
        ?? throw UserRules.NotFound(id);

    public StoredResource ToResource(ResourceType type) => new(type, Id, Version, Document);
}
