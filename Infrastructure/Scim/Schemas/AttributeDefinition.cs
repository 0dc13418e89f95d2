using System.Collections.Frozen;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>One attribute or sub-attribute with its characteristics. RFC 7643 §2.2, §7.</summary>
public sealed record AttributeDefinition
{
    public required string Name { get; init; }

    public AttributeType Type { get; init; } = AttributeType.String;

    public bool MultiValued { get; init; }

    public string? Description { get; init; }

    public bool Required { get; init; }

    /// <summary>Whether values differing only in case differ. References and binaries always do (RFC 7643 §2.3.6, §2.3.7).</summary>
    public bool CaseExact { get; init; }

    public Mutability Mutability { get; init; }

    public Returned Returned { get; init; }

    /// <summary>Absent for complex attributes and booleans, which have none of their own (EID 6004).</summary>
    public Uniqueness? Uniqueness { get; init; }

    public IReadOnlyList<string> CanonicalValues { get; init; } = [];

    /// <summary>Whether a value outside <see cref="CanonicalValues"/> is refused. Not served: RFC 7643 §7 has no word for it.</summary>
    public bool Closed { get; init; }

    /// <summary>Values of a multi-valued attribute, at most. Not served either.</summary>
    public int MaxValues { get; init; } = DocumentLimits.MaxValues;

    public IReadOnlyList<string> ReferenceTypes { get; init; } = [];

    public IReadOnlyList<AttributeDefinition> SubAttributes
    {
        get;
        init
        {
            field = value;
            byName = ByName(value);
            RequiredSubAttributes = [.. value.Where(subAttribute => subAttribute.Required)];
        }
    } = [];

    private readonly FrozenDictionary<string, AttributeDefinition> byName = FrozenDictionary<string, AttributeDefinition>.Empty;

    /// <summary>Those of <see cref="SubAttributes"/> that every value has to have.</summary>
    public IReadOnlyList<AttributeDefinition> RequiredSubAttributes { get; private init; } = [];

    public bool IsComplex => Type == AttributeType.Complex;

    /// <summary>Whether values are text on the wire: strings, references, dates and binaries.</summary>
    public bool IsText => Type is AttributeType.String or AttributeType.Reference or AttributeType.DateTime or AttributeType.Binary;

    /// <summary>The sub-attribute of that name, in any case; null where there is none.</summary>
    public AttributeDefinition? SubAttribute(string name) => byName.GetValueOrDefault(name);

    /// <summary>The first attribute of each name, in any case: each value of each request is looked up so.</summary>
    internal static FrozenDictionary<string, AttributeDefinition> ByName(IReadOnlyList<AttributeDefinition> attributes) =>
        attributes.DistinctBy(attribute => attribute.Name, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(attribute => attribute.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The form in which two text values of this attribute are compared: the text itself where case matters, the PRECIS
    /// form for identifiers that must be unique (RFC 7644 §5), the folded form otherwise.
    /// </summary>
    public string Fold(string text) => CaseExact || Type is AttributeType.Reference or AttributeType.Binary
        ? text
        : Uniqueness is Schemas.Uniqueness.Server ? UserNameKey.Of(text) : FoldedKey.Of(text);

    /// <summary>Writes the form that /Schemas serves. RFC 7643 §7.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", Name);
        writer.WriteString("type", SchemaWords.Of(Type));
        writer.WriteBoolean("multiValued", MultiValued);
        if (Description is not null)
        {
            writer.WriteString("description", Description);
        }

        writer.WriteBoolean("required", Required);
        WriteList(writer, "canonicalValues", CanonicalValues);
        if (!IsComplex && Type != AttributeType.Boolean)
        {
            writer.WriteBoolean("caseExact", CaseExact);
        }

        writer.WriteString("mutability", SchemaWords.Of(Mutability));
        writer.WriteString("returned", SchemaWords.Of(Returned));
        if (Uniqueness is { } uniqueness)
        {
            writer.WriteString("uniqueness", SchemaWords.Of(uniqueness));
        }

        WriteList(writer, "referenceTypes", ReferenceTypes);
        if (SubAttributes.Count > 0)
        {
            writer.WriteStartArray("subAttributes");
            foreach (var subAttribute in SubAttributes)
            {
                subAttribute.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
