using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>Reads schema data files: whole schemas, and additions to one (<c>extends</c>).</summary>
public static class SchemaReader
{
    /// <summary>The schema in <paramref name="json"/>, or the additions together with the URN of the schema they extend.</summary>
    public static (string? Extends, Schema Schema) Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var root = JsonElement.ParseValue(ref reader);
        var attributes = root.GetProperty("attributes").EnumerateArray().Select(ReadAttribute).ToArray();
        return root.TryGetProperty("extends", out var extends)
            ? (extends.GetString(), new Schema { Id = extends.GetString()!, Name = "", Attributes = attributes })
            : (null, new Schema
            {
                Id = root.GetProperty("id").GetString()!,
                Name = root.GetProperty("name").GetString()!,
                Description = Text(root, "description"),
                Attributes = attributes,
            });
    }

    private static AttributeDefinition ReadAttribute(JsonElement json) => new()
    {
        Name = json.GetProperty("name").GetString()!,
        Type = Word(json, "type", AttributeType.String),
        MultiValued = Flag(json, "multiValued"),
        Description = Text(json, "description"),
        Required = Flag(json, "required"),
        CaseExact = Flag(json, "caseExact"),
        Mutability = Word(json, "mutability", Mutability.ReadWrite),
        Returned = Word(json, "returned", Returned.Default),
        Uniqueness = json.TryGetProperty("uniqueness", out var uniqueness)
            ? SchemaWords.Parse<Uniqueness>(uniqueness.GetString()!)
            : null,
        CanonicalValues = Texts(json, "canonicalValues"),
        Closed = Flag(json, "closed"),
        MaxValues = json.TryGetProperty("maxValues", out var maxValues) ? maxValues.GetInt32() : DocumentLimits.MaxValues,
        ReferenceTypes = Texts(json, "referenceTypes"),
        SubAttributes = json.TryGetProperty("subAttributes", out var subAttributes)
            ? [.. subAttributes.EnumerateArray().Select(ReadAttribute)]
            : [],
    };

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.GetBoolean();

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string[] Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : [];

    private static T Word<T>(JsonElement json, string name, T missing) where T : struct, Enum =>
        json.TryGetProperty(name, out var value) ? SchemaWords.Parse<T>(value.GetString()!) : missing;
}
