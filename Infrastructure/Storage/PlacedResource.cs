using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>A resource of a list with its place in the list's order.</summary>
/// <param name="Key">Its sort key; null where it has none, or where the order is that of the ids.</param>
/// <param name="IsMember">Whether it may be in a group; false where it is known that it is in none.</param>
public readonly record struct PlacedResource(StoredResource Resource, string Id, string? Key, bool IsMember = true);
