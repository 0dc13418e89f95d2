using System.Buffers;
using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Events;

/// <summary>
/// The attributes in which two states of a resource differ, as JSON: each as a whole under its name, those of an extension under its URN.
/// What is never returned (a password) is not stored, and is left out where a schema has become so since.
/// </summary>
public static class ChangedValues
{
    /// <summary>The attributes of a resource that are not, or not the same, in the other; null where there are none.</summary>
    /// <param name="of">The state whose values are written; null for none.</param>
    /// <param name="other">The state that it is compared with; null for none.</param>
    /// <param name="besides">Names at the top level that other events tell of.</param>
    public static string? Of(ResourceDocument? of, ResourceDocument? other, params ReadOnlySpan<string> besides)
    {
        if (of is null)
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(512);
        var count = 0;
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in of.Attributes.Members)
            {
                var compared = other?.Attributes[name];
                if (value.Equals(compared) || IsAmong(name, besides))
                {
                    continue;
                }

                if (of.Type.Extension(name) is { } extension && value is AttributeValue.Complex container)
                {
                    writer.WriteStartObject(extension.Schema.Id);
                    foreach (var (inner, innerValue) in container.Members)
                    {
                        if (!innerValue.Equals((compared as AttributeValue.Complex)?[inner]) && IsShown(extension.Schema.Attribute(inner)))
                        {
                            count++;
                            writer.WritePropertyName(inner);
                            innerValue.WriteTo(writer);
                        }
                    }

                    writer.WriteEndObject();
                }
                else if (IsShown(of.Type.TopLevel(name)))
                {
                    count++;
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return count == 0 ? null : Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static bool IsShown(AttributeDefinition? attribute) => attribute is not { Returned: Returned.Never };

    private static bool IsAmong(string name, ReadOnlySpan<string> names)
    {
        foreach (var candidate in names)
        {
            if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
