using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Paths;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>A kind of resource: its endpoint, its core schema and its extensions. RFC 7643 §6.</summary>
public sealed record ResourceType
{
    public const string Urn = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Relative to the base URL, with a leading slash: <c>/Users</c>.</summary>
    public required string Endpoint { get; init; }

    public required Schema Schema { get; init; }

    public IReadOnlyList<SchemaExtension> Extensions { get; init; } = [];

    /// <summary>The URNs that may stand before an attribute's name, the core schema's first.</summary>
    public IEnumerable<string> SchemaUrns
    {
        get
        {
            yield return Schema.Id;
            foreach (var extension in Extensions)
            {
                yield return extension.Schema.Id;
            }
        }
    }

    /// <summary>Whether a resource of this type holds what is not returned by default.</summary>
    public bool HidesSome
    {
        get
        {
            if (Schema.HidesSome)
            {
                return true;
            }

            foreach (var extension in Extensions)
            {
                if (extension.Schema.HidesSome)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The extension of that URN, in any case (URNs compare without regard to case); null where the type has none.</summary>
    public SchemaExtension? Extension(string urn)
    {
        foreach (var extension in Extensions)
        {
            if (extension.Schema.Id.Equals(urn, StringComparison.OrdinalIgnoreCase))
            {
                return extension;
            }
        }

        return null;
    }

    /// <summary>An attribute at the top level of a document: of the core schema, or a common one. Null where there is none.</summary>
    public AttributeDefinition? TopLevel(string name)
    {
        if (Schema.Attribute(name) is { } attribute)
        {
            return attribute;
        }

        foreach (var common in CommonAttributes.All)
        {
            if (common.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return common;
            }
        }

        return null;
    }

    /// <summary>
    /// What <paramref name="path"/> stands for, or null where this type defines no such attribute. An unqualified name that
    /// no core attribute has is looked for in the extensions, in their order.
    /// </summary>
    public ResolvedAttribute? Resolve(AttributePath path)
    {
        if (path.Schema is { } urn && !urn.Equals(Schema.Id, StringComparison.OrdinalIgnoreCase))
        {
            return Extension(urn) is { } extension ? Resolve(path, extension.Schema.Id, extension.Schema.Attribute(path.Name ?? "")) : null;
        }

        if (path.Name is null)
        {
            return null;
        }

        if (TopLevel(path.Name) is { } attribute)
        {
            return Resolve(path, null, attribute);
        }

        if (path.Schema is not null)
        {
            return null;
        }

        foreach (var extension in Extensions)
        {
            if (extension.Schema.Attribute(path.Name) is { } found)
            {
                return Resolve(path, extension.Schema.Id, found);
            }
        }

        return null;
    }

    /// <summary>Writes the ResourceType resource without its meta, leaving the object open.</summary>
    public void WriteMembersTo(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("schemas");
        writer.WriteStringValue(Urn);
        writer.WriteEndArray();
        writer.WriteString("id", Name);
        writer.WriteString("name", Name);
        writer.WriteString("endpoint", Endpoint);
        if (Description is not null)
        {
            writer.WriteString("description", Description);
        }

        writer.WriteString("schema", Schema.Id);
        writer.WriteStartArray("schemaExtensions");
        foreach (var extension in Extensions)
        {
            writer.WriteStartObject();
            writer.WriteString("schema", extension.Schema.Id);
            writer.WriteBoolean("required", extension.Required);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static ResolvedAttribute? Resolve(AttributePath path, string? extension, AttributeDefinition? attribute)
    {
        if (path.Name is null)
        {
            return new ResolvedAttribute(extension, null, null);
        }

        if (attribute is null)
        {
            return null;
        }

        if (path.SubAttribute is null)
        {
            return new ResolvedAttribute(extension, attribute, null);
        }

        return attribute.SubAttribute(path.SubAttribute) is { } subAttribute
            ? new ResolvedAttribute(extension, attribute, subAttribute)
            : null;
    }
}
