using System.Buffers;
using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Features.Bulk;

/// <summary>
/// References to resources that the same Bulk request makes: a value <c>bulkId:NAME</c>, the end of a URL, or a text in the filter of a path
/// stands for the id. RFC 7644 §3.7.2. The depth of what is walked was bounded when the body was read.
/// </summary>
internal static class BulkReferences
{
    private const string Prefix = "bulkId:";

    /// <summary>The names in the path of an operation.</summary>
    public static void Collect(string? text, HashSet<string> names) => Collect(text, Place.Value, names);

    public static void Collect(JsonElement json, HashSet<string> names) => Collect(json, Place.Value, names);

    private static void Collect(string? text, Place place, HashSet<string> names)
    {
        if (text is not null)
        {
            _ = Replace(text, place, name =>
            {
                names.Add(name);
                return null;
            });
        }
    }

    private static void Collect(JsonElement json, Place place, HashSet<string> names)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    Collect(property.Value, PlaceOf(property.Name), names);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Collect(item, place, names);
                }

                break;
            case JsonValueKind.String:
                Collect(json.GetString(), place, names);
                break;
            default:
                break;
        }
    }

    /// <summary>Whether a value refers to one of the names.</summary>
    public static bool Names(JsonElement json, IReadOnlySet<string> names)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        Collect(json, named);
        return named.Overlaps(names);
    }

    public static string? Replace(string? text, IReadOnlyDictionary<string, string> ids) => text is null ? null : Replace(text, Place.Value, ids.GetValueOrDefault);

    public static JsonElement Replace(JsonElement json, IReadOnlyDictionary<string, string> ids)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
        {
            return json;
        }

        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            Write(writer, json, Place.Value, ids);
        }

        return StrictJson.Parse(output.WrittenSpan, ScimLimits.Ceiling);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement json, Place place, IReadOnlyDictionary<string, string> ids)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in json.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, PlaceOf(property.Name), ids);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray())
                {
                    Write(writer, item, place, ids);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Replace(json.GetString()!, place, ids.GetValueOrDefault));
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    /// <summary>Other texts may hold the same letters and mean nothing by them.</summary>
    private enum Place
    {
        /// <summary>A value, which is a reference as a whole or not at all.</summary>
        Value,

        /// <summary>A <c>$ref</c>, whose end may be one: <c>../Users/bulkId:NAME</c>.</summary>
        Url,

        /// <summary>The path of a patch operation, whose filter may have one: <c>members[value eq "bulkId:NAME"]</c>.</summary>
        Path,
    }

    private static Place PlaceOf(string name) => name.Equals("$ref", StringComparison.OrdinalIgnoreCase) ? Place.Url
        : name.Equals("path", StringComparison.OrdinalIgnoreCase) ? Place.Path
        : Place.Value;

    /// <summary>The text with each reference replaced; null leaves one as it is.</summary>
    private static string Replace(string text, Place place, Func<string, string?> id)
    {
        if (text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return id(text[Prefix.Length..]) ?? text;
        }

        if (place == Place.Url && text.LastIndexOf($"/{Prefix}", StringComparison.Ordinal) is var last and >= 0)
        {
            return id(text[(last + 1 + Prefix.Length)..]) is { } found ? text[..(last + 1)] + found : text;
        }

        var start = place == Place.Path ? text.IndexOf($"\"{Prefix}", StringComparison.Ordinal) : -1;
        if (start < 0)
        {
            return text;
        }

        var result = new StringBuilder();
        var copied = 0;
        for (; start >= 0; start = text.IndexOf($"\"{Prefix}", copied, StringComparison.Ordinal))
        {
            var begin = start + 1;
            var end = text.IndexOf('"', begin);
            if (end < 0)
            {
                break;
            }

            result.Append(text, copied, begin - copied).Append(id(text[(begin + Prefix.Length)..end]) ?? text[begin..end]);
            copied = end;
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }
}
