namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Where the resources of one type lie: the table's alias in statements, and the expressions over its columns that hold the
/// comparison key of an attribute (by its full name). All other attributes are looked up in the column <c>search</c>.
/// </summary>
public sealed record ResourceTable(string Alias, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>Characters (code points) of a value that <see cref="LookupTable"/> holds, as the migrations cut them.</summary>
    public const int MaxLookupKey = 128;

    /// <summary>Those of <see cref="Columns"/> that every row has.</summary>
    public IReadOnlySet<string> AlwaysAssigned { get; init; } = new HashSet<string>();

    /// <summary>Those of <see cref="Columns"/> that have an index: by them a list is found and ordered without reading all.</summary>
    public IReadOnlySet<string> Indexed { get; init; } = new HashSet<string>();

    /// <summary>
    /// The attributes outside the columns (by their full names) whose values <see cref="LookupTable"/> holds for each resource, so
    /// that those with a certain value are found without reading the others.
    /// </summary>
    public IReadOnlySet<string> Lookups { get; init; } = new HashSet<string>();

    /// <summary>The multi-valued attributes (by their full names) whose values are rows of another table, and not in the document.</summary>
    public IReadOnlyDictionary<string, ValueRows> Rows { get; init; } = new Dictionary<string, ValueRows>();

    /// <summary>The table with a row for each value of each of <see cref="Lookups"/>.</summary>
    public string LookupTable { get; init; } = "";

    /// <summary>Those of <see cref="AlwaysAssigned"/> that no two rows of an organization have alike.</summary>
    public IReadOnlySet<string> Unique { get; init; } = new HashSet<string>();
}
