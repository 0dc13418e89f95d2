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
            HidesSome = value.Any(attribute => IsHidden(attribute) || attribute.SubAttributes.Any(IsHidden));
            Unique =
            [
                .. value.Where(attribute => IsUnique(attribute)).Select(attribute => (attribute, (AttributeDefinition?)null)),
                .. value.SelectMany(attribute => attribute.SubAttributes.Where(IsUnique).Select(subAttribute => (attribute, (AttributeDefinition?)subAttribute))),
            ];
        }
    }

    private readonly FrozenDictionary<string, AttributeDefinition> byName = FrozenDictionary<string, AttributeDefinition>.Empty;

    /// <summary>The attributes and sub-attributes whose values no two resources of an organization may share. RFC 7643 §2.2.</summary>
    public IReadOnlyList<(AttributeDefinition Attribute, AttributeDefinition? SubAttribute)> Unique { get; private init; } = [];

    /// <summary>The attribute of that name, in any case; null where there is none.</summary>
    public AttributeDefinition? Attribute(string name) => byName.GetValueOrDefault(name);

    /// <summary>Whether a value that may be stored is not returned unless it is asked for, or never.</summary>
    public bool HidesSome { get; private init; }

    /// <summary>What is writeOnly is not stored; it may have been, where its schema was another one before. No password ever was.</summary>
    private static bool IsHidden(AttributeDefinition attribute) =>
        attribute.Returned is Returned.Never or Returned.Request && attribute is not { Mutability: Mutability.WriteOnly, Name: "password" };

    private static bool IsUnique(AttributeDefinition attribute) =>
        !attribute.IsComplex && attribute.Uniqueness is Uniqueness.Server or Uniqueness.Global && attribute.Mutability is Mutability.ReadWrite or Mutability.Immutable;

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
