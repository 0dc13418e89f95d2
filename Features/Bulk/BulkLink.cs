using System.Buffers;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Features.Bulk;

/// <summary>
/// The part of a new resource that refers to one that cannot be made before it, since that refers to this one: the resource is made without
/// it, and it is added when both are there. RFC 7644 §3.7.1.
/// </summary>
internal static class BulkLink
{
    /// <summary>
    /// The data of a POST without what refers to <paramref name="names"/>, and the PATCH that adds it: whole attributes, and of a list those
    /// of its values that refer.
    /// </summary>
    public static (JsonElement Data, JsonElement Patch) Cut(JsonElement data, IReadOnlySet<string> names)
    {
        var rest = new ArrayBufferWriter<byte>(1024);
        var patch = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(rest, StoredResource.WriterOptions))
        using (var operations = new Utf8JsonWriter(patch, StoredResource.WriterOptions))
        {
            operations.WriteStartObject();
            operations.WriteStartArray("schemas");
            operations.WriteStringValue(PatchRequest.Urn);
            operations.WriteEndArray();
            operations.WriteStartArray("Operations");
            Cut(data, "", names, writer, operations);
            operations.WriteEndArray();
            operations.WriteEndObject();
        }

        // What was read within the limits is not to fail at them in another form.
        return (StrictJson.Parse(rest.WrittenSpan, ScimLimits.Ceiling), StrictJson.Parse(patch.WrittenSpan, ScimLimits.Ceiling));
    }

    private static void Cut(JsonElement container, string prefix, IReadOnlySet<string> names, Utf8JsonWriter rest, Utf8JsonWriter operations)
    {
        rest.WriteStartObject();
        foreach (var property in container.EnumerateObject())
        {
            var value = property.Value;
            if (!BulkReferences.Names(value, names))
            {
                property.WriteTo(rest);
            }
            else if (prefix.Length == 0 && property.Name.Contains(':', StringComparison.Ordinal) && value.ValueKind == JsonValueKind.Object)
            {
                // An extension, whose attributes go one by one.
                rest.WritePropertyName(property.Name);
                Cut(value, $"{property.Name}:", names, rest, operations);
            }
            else
            {
                operations.WriteStartObject();
                operations.WriteString("op", "add");
                operations.WriteString("path", $"{prefix}{property.Name}");
                operations.WritePropertyName("value");
                if (value.ValueKind == JsonValueKind.Array)
                {
                    rest.WriteStartArray(property.Name);
                    operations.WriteStartArray();
                    foreach (var item in value.EnumerateArray())
                    {
                        item.WriteTo(BulkReferences.Names(item, names) ? operations : rest);
                    }

                    rest.WriteEndArray();
                    operations.WriteEndArray();
                }
                else
                {
                    value.WriteTo(operations);
                }

                operations.WriteEndObject();
            }
        }

        rest.WriteEndObject();
    }
}
