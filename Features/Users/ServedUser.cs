using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>As much of a user's row as an answer needs.</summary>
internal static class ServedUser
{
    /// <summary>The columns, in statements that call the table <c>u</c>.</summary>
    public const string Columns = "u.version, u.document";

    /// <summary>The user of that id in the organization. Throws 404 where there is none, the same for unknown, deleted and foreign ids.</summary>
    public static async ValueTask<StoredResource> FindAsync(StorageSession storage, string organizationId, string id, CancellationToken cancellationToken) =>
        await storage.ResourceAsync(
            $"select {Columns} from users u where u.organization_id = @organizationId and u.id = @id",
            new SqlParameters().With("organizationId", organizationId).With("id", id),
            cancellationToken)
        ?? throw UserRules.NotFound(id);
}
