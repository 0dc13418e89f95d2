namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// A run of an ordered result that one statement reads: all resources with a sort key, or all without one. An index that holds only
/// what is assigned can so serve the first, and a place in the result is a range of an index.
/// </summary>
/// <param name="Key">The expression of the sort key; <c>null</c> where the order is that of the ids.</param>
/// <param name="Condition">Which resources belong to the part, from the place on where one was given.</param>
/// <param name="Order">What the statement orders by.</param>
/// <param name="IsById">Whether the part is in the order of the primary key.</param>
public sealed record SortPart(string Key, string Condition, string Order, bool IsById);
