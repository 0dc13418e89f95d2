namespace ScimSlice.Infrastructure.Storage;

/// <summary>Where the parts of a value stand in SQL: at a path below a JSON expression.</summary>
/// <param name="Alias">The alias of the row source whose row the value is; null where it is no element of an array.</param>
internal readonly record struct JsonPlace(string Json, IReadOnlyList<string> Path, string? Alias)
{
    /// <summary>The text of the element, where it is a simple value.</summary>
    public string Text(ISqlDialect dialect) => dialect.JsonElementText(Alias!);
}
