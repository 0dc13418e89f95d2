using System.Collections.Immutable;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// Reads stored bytes back into a document. They were checked when they were written, so types follow from the JSON; names that
/// no schema has any more are kept.
/// </summary>
public static class StoredDocument
{
    public static ResourceDocument Read(ResourceType type, ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        var members = ImmutableArray.CreateBuilder<KeyValuePair<string, AttributeValue>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name is "schemas" or "id" or "meta")
            {
                reader.Skip();
            }
            else
            {
                members.Add(new(name, ReadValue(ref reader)));
            }
        }

        return new ResourceDocument(type, new AttributeValue.Complex(members.DrainToImmutable()));
    }

    // The depth was bounded when the document was accepted.
    private static AttributeValue ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = ImmutableArray.CreateBuilder<KeyValuePair<string, AttributeValue>>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add(new(name, ReadValue(ref reader)));
                }

                return new AttributeValue.Complex(members.DrainToImmutable());
            case JsonTokenType.StartArray:
                var elements = ImmutableArray.CreateBuilder<AttributeValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    elements.Add(ReadValue(ref reader));
                }

                return new AttributeValue.Multi(elements.DrainToImmutable());
            case JsonTokenType.Number:
                return new AttributeValue.Number(reader.GetDecimal());
            case JsonTokenType.True or JsonTokenType.False:
                return new AttributeValue.Boolean(reader.GetBoolean());
            default:
                return new AttributeValue.Text(reader.GetString()!);
        }
    }
}
