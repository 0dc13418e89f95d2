namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Where the values of a multi-valued attribute lie that are rows of another table. What it says of SQL is bound to the organization
/// (<c>@organizationId</c>) and, where it is about one resource, to the row of the resource's table.
/// </summary>
/// <param name="From">What stands behind <c>from</c>, up to a condition that can go on with <c>and</c>, for an alias of one row and the id of the
/// resource.</param>
/// <param name="Members">The expression for the comparison key of each sub-attribute of a row with that alias.</param>
/// <param name="Order">The order of the rows with that alias, in which they are shown.</param>
/// <param name="WithValue">The condition that a resource has a value whose <c>value</c> is that of a parameter: a search, not a look at each resource.</param>
public sealed record ValueRows(
    Func<string, string, string> From, IReadOnlyDictionary<string, Func<string, string>> Members, Func<string, string> Order, Func<string, string> WithValue);
