namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Where the resources of one type lie: the table's alias in statements, and the expressions over its columns that hold the
/// comparison key of an attribute (by its full name). All other attributes are looked up in the column <c>search</c>.
/// </summary>
public sealed record ResourceTable(string Alias, IReadOnlyDictionary<string, string> Columns);
