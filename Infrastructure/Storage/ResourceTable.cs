namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Where the resources of one type lie: the table's alias in statements, and the expressions over its columns that hold the
/// comparison key of an attribute (by its full name). All other attributes are looked up in the column <c>search</c>.
/// </summary>
public sealed record ResourceTable(string Alias, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>Those of <see cref="Columns"/> that every row has.</summary>
    public IReadOnlySet<string> AlwaysAssigned { get; init; } = new HashSet<string>();

    /// <summary>Those of <see cref="AlwaysAssigned"/> that no two rows of an organization have alike.</summary>
    public IReadOnlySet<string> Unique { get; init; } = new HashSet<string>();
}
