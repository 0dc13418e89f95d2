using System.Collections.Frozen;
using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>A named set of attributes, identified by a URN. RFC 7643 §7.</summary>
public sealed record Schema
{
    public const string Urn = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    public required string Id { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required IReadOnlyList<AttributeDefinition> Attributes
    {
        get;
        init
        {
            field = value;
            byName = AttributeDefinition.ByName(value);
        }
    }

    private readonly FrozenDictionary<string, AttributeDefinition> byName = FrozenDictionary<string, AttributeDefinition>.Empty;

    /// <summary>The attribute of that name, in any case; null where there is none.</summary>
    public AttributeDefinition? Attribute(string name) => byName.GetValueOrDefault(name);

    /// <summary>Writes the Schema resource without its meta, leaving the object open. RFC 7643 §7, EID 8417.</summary>
    public void WriteMembersTo(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("schemas");
        writer.WriteStringValue(Urn);
        writer.WriteEndArray();
        writer.WriteString("id", Id);
        writer.WriteString("name", Name);
        if (Description is not null)
        {
            writer.WriteString("description", Description);
        }

        writer.WriteStartArray("attributes");
        foreach (var attribute in Attributes)
        {
            attribute.WriteTo(writer);
        }

        writer.WriteEndArray();
    }
}
