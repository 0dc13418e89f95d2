using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Users;

/// <summary>As much of a user's row as an answer needs.</summary>
internal sealed record ServedUser
{
    /// <summary>The columns, in statements that call the table <c>u</c>.</summary>
    public const string Columns = "u.id, u.version, u.document";

    public required string Id { get; init; }

    public required long Version { get; init; }

    public required byte[] Document { get; init; }

    public StoredResource ToResource(ResourceType type) => new(type, Id, Version, Document);
}
