using System.Globalization;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Where an element of an array stands in SQL: at a path below a JSON expression, or as a row of a row source.</summary>
/// <param name="Alias">The row source's alias; null where the element is looked at by its place.</param>
internal readonly record struct JsonPlace(string Json, IReadOnlyList<string> Path, string? Alias)
{
    /// <summary>The step of a path to an element of an array. No name of a schema begins with a bracket.</summary>
    public static string Element(int index) => string.Create(CultureInfo.InvariantCulture, $"[{index}]");

    /// <summary>The text of the element, where it is a simple value.</summary>
    public string Text(ISqlDialect dialect) => Alias is null ? dialect.JsonText(Json, Path) : dialect.JsonElementText(Alias);
}
