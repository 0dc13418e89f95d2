namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>A place in an ordered result, and which way a client goes on from it. RFC 9865 §2.</summary>
/// <param name="Key">The sort key of the resource at the place; null where it has none.</param>
/// <param name="Id">The id of that resource, which is not part of the page.</param>
/// <param name="Backward">Whether the page before the place is meant, not the one behind it.</param>
/// <param name="Total">All matches, as they were counted for the first page.</param>
public sealed record Cursor(string? Key, string Id, bool Backward, long Total)
{
    /// <summary>How long a cursor may be used, in seconds; told as pagination.cursorTimeout.</summary>
    public const int Lifetime = 3600;

    /// <summary>Characters of a cursor at most. The longest sort keys make some three thousand.</summary>
    public const int MaxLength = 8192;
}
