using System.Buffers;
using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// The shadow of a document that is searched: the same shape with every value replaced by its comparison key, so that SQL
/// compares text and nothing else, the same on every engine. Values that no schema defines any more are left out.
/// </summary>
public static class SearchDocument
{
    /// <summary>
    /// The JSON text for the column <c>search</c>. What has a column of its own in <paramref name="table"/> is not written twice, and
    /// neither is <c>schemas</c>, which follows from the extensions: a smaller row lets more rows share a page.
    /// </summary>
    public static string Of(ResourceDocument document, ResourceTable table)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in document.Attributes.Members)
            {
                if (document.Type.Extension(name) is { } extension && value is AttributeValue.Complex container)
                {
                    writer.WritePropertyName(extension.Schema.Id);
                    WriteMembers(writer, container, extension.Schema.Attribute);
                }
                else if (document.Type.TopLevel(name) is { } attribute && !table.Columns.ContainsKey(attribute.Name))
                {
                    writer.WritePropertyName(attribute.Name);
                    Write(writer, attribute, value);
                }
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, AttributeDefinition attribute, AttributeValue value)
    {
        switch (value)
        {
            case AttributeValue.Complex complex:
                WriteMembers(writer, complex, attribute.SubAttribute);
                break;
            case AttributeValue.Multi multi:
                writer.WriteStartArray();
                foreach (var element in multi.Elements)
                {
                    Write(writer, attribute, element);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(ComparisonKey.Of(attribute, value));
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, AttributeValue.Complex complex, Func<string, AttributeDefinition?> definition)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in complex.Members)
        {
            if (definition(name) is { } attribute)
            {
                writer.WritePropertyName(attribute.Name);
                Write(writer, attribute, value);
            }
        }

        writer.WriteEndObject();
    }
}
