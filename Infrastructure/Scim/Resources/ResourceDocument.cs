using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// What a client may say of a resource: its attributes at the top level and, under their URN, its extensions. RFC 7643 §3.
/// Immutable, so that a failed change leaves nothing behind. <c>id</c> and <c>meta</c> belong to the stored row;
/// <c>schemas</c> follows from the extensions that hold data, so it is always true.
/// </summary>
public sealed record ResourceDocument(ResourceType Type, AttributeValue.Complex Attributes)
{
    /// <summary>The core schema's URN, then that of each extension with data.</summary>
    public IEnumerable<string> SchemaUrns
    {
        get
        {
            yield return Type.Schema.Id;
            foreach (var extension in Type.Extensions)
            {
                if (Attributes[extension.Schema.Id] is not null)
                {
                    yield return extension.Schema.Id;
                }
            }
        }
    }

    /// <summary>The attributes that have a value, those of extensions one by one.</summary>
    public IEnumerable<ResolvedAttribute> Assigned => Attributes.Members.SelectMany(member => Type.Extension(member.Key) is { } extension
        ? ((AttributeValue.Complex)member.Value).Members.Select(inner => new ResolvedAttribute(extension.Schema.Id, extension.Schema.Attribute(inner.Key), null))
        : [new ResolvedAttribute(null, Type.TopLevel(member.Key), null)]);

    /// <summary>The text of a single-valued string at the top level, null where unassigned.</summary>
    public string? Text(string name) => (Attributes[name] as AttributeValue.Text)?.Value;

    /// <summary>The value of a boolean at the top level, null where unassigned.</summary>
    public bool? Boolean(string name) => (Attributes[name] as AttributeValue.Boolean)?.Value;

    /// <summary>The container that holds the attributes of <paramref name="extension"/>, or the top level where it is null.</summary>
    public AttributeValue.Complex Container(string? extension) => extension is null
        ? Attributes
        : Attributes[extension] as AttributeValue.Complex ?? AttributeValue.Complex.Empty;

    /// <summary>The value of a whole attribute (the sub-attribute of <paramref name="attribute"/> is not looked at).</summary>
    public AttributeValue? Value(ResolvedAttribute attribute) => attribute.Attribute is null
        ? Attributes[attribute.Extension!]
        : Container(attribute.Extension)[attribute.Attribute.Name];

    /// <summary>
    /// This document with one whole attribute set, or unassigned where <paramref name="value"/> is null. A container that is
    /// left empty goes, and with it its URN in <c>schemas</c>.
    /// </summary>
    public ResourceDocument With(ResolvedAttribute attribute, AttributeValue? value)
    {
        if (attribute.Attribute is null)
        {
            return this with { Attributes = Attributes.With(attribute.Extension!, value is AttributeValue.Complex { IsEmpty: true } ? null : value) };
        }

        if (attribute.Extension is null)
        {
            return this with { Attributes = Attributes.With(attribute.Attribute.Name, value) };
        }

        var container = Container(attribute.Extension).With(attribute.Attribute.Name, value);
        return this with { Attributes = Attributes.With(attribute.Extension, container.IsEmpty ? null : container) };
    }

    /// <summary>Writes the stored form: the representation, its location last and relative (see <see cref="StoredResource"/>).</summary>
    public void WriteTo(Utf8JsonWriter writer, string id, ResourceMeta meta)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("schemas");
        foreach (var urn in SchemaUrns)
        {
            writer.WriteStringValue(urn);
        }

        writer.WriteEndArray();
        writer.WriteString("id", id);
        foreach (var (name, value) in Attributes.Members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteStartObject("meta");
        writer.WriteString("resourceType", Type.Name);
        writer.WriteString("created", meta.CreatedAt);
        writer.WriteString("lastModified", meta.LastModifiedAt);
        writer.WriteString("version", EntityTag.Of(meta.Version));
        writer.WriteString("location", $"{Type.Endpoint}/{id}");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
