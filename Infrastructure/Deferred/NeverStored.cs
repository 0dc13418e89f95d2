using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>Whether a request holds what is stored nowhere (a password), and so must not be kept for later. RFC 7643 §7: returned is never.</summary>
internal static class NeverStored
{
    /// <summary>Whether a member of the JSON, or a path in it, names such an attribute, in any case and wherever it stands. Rather once too often than not.</summary>
    public static bool IsNamedIn(JsonElement json, SchemaRegistry schemas)
    {
        var names = schemas.Schemas.SelectMany(schema => schema.Attributes)
            .SelectMany(attribute => attribute.SubAttributes.Prepend(attribute)).Where(attribute => attribute.Returned == Returned.Never).Select(attribute => attribute.Name).Distinct().ToArray();
        return names.Length > 0 && IsNamedIn(json, names);
    }

    /// <summary>As deep as the limit of a body's depth lets it be.</summary>
    private static bool IsNamedIn(JsonElement json, string[] names) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().Any(member => Holds(member.Name, names) || IsPathOf(member, names) || IsNamedIn(member.Value, names)),
        JsonValueKind.Array => json.EnumerateArray().Any(element => IsNamedIn(element, names)),
        _ => false,
    };

    private static bool IsPathOf(JsonProperty member, string[] names) =>
        member.Value.ValueKind == JsonValueKind.String && member.Name.Equals("path", StringComparison.OrdinalIgnoreCase) && Holds(member.Value.GetString()!, names);

    private static bool Holds(string text, string[] names) => names.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase));
}
