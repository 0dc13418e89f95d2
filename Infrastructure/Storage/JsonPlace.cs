namespace ScimSlice.Infrastructure.Storage;

/// <summary>Where the parts of a value stand in SQL: at a path below a JSON expression, or in the columns of a row.</summary>
/// <param name="Alias">The alias of the row source whose row the value is; null where it is no element of an array.</param>
internal readonly record struct JsonPlace(string Json, IReadOnlyList<string> Path, string? Alias)
{
    /// <summary>Null where the value is JSON.</summary>
    public ValueRows? Rows { get; init; }

    /// <summary>The text of the element, where it is a simple value.</summary>
    public string Text(ISqlDialect dialect) => dialect.JsonElementText(Alias!);

    /// <summary>The text of a sub-attribute of the value.</summary>
    public string Text(ISqlDialect dialect, string subAttribute) => Rows is null ? dialect.JsonText(Json, [.. Path, subAttribute]) : Rows.Members[subAttribute](Alias!);
}
