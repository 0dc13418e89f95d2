using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// A resource in an export: the stored representation, in which only the location is relative. It comes back through the SCIM
/// language like a client's, so that no row can be planted that no client could have made.
/// </summary>
internal sealed record ImportedResource(string Id, ResourceDocument Document, ResourceMeta Meta)
{
    private const string Resource = "resource";

    public static void Write(Utf8JsonWriter json, ReadOnlyMemory<byte> document)
    {
        json.WritePropertyName(Resource);
        json.WriteRawValue(document.Span, skipInputValidation: true);
    }

    /// <summary>The resource of a line, whose type may depend on what it says. Throws 400 where no client could have made it.</summary>
    public static ImportedResource Read(OrganizationLine line, Func<JsonElement, ResourceType> typeOf)
    {
        var resource = line.Object(Resource);
        var meta = resource.Object("meta");
        var id = resource.Id("id");
        var type = typeOf(resource.Json);
        RefuseUnknown(type, resource.Json);

        // What is stored needs no mending; what would need it does not come from an export.
        var document = new ResourceReader(type, new QuirkUse(strict: true)).Read(resource.Json);
        var read = new ResourceMeta(Version(meta.Text("version")), meta.Time("created"), meta.Time("lastModified"));
        return meta.Text("resourceType") == type.Name && string.CompareOrdinal(read.LastModifiedAt, read.CreatedAt) >= 0
            ? new ImportedResource(id, document, read)
            : throw ScimException.InvalidValue($"meta: must be that of a {type.Name}, modified no earlier than created.");
    }

    /// <summary>A client's unknown attributes are passed over; here they would be lost, and the file's owner would not know.</summary>
    private static void RefuseUnknown(ResourceType type, JsonElement resource)
    {
        foreach (var member in resource.EnumerateObject())
        {
            if (type.Extension(member.Name) is { } extension && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var inner in member.Value.EnumerateObject())
                {
                    Refuse(extension.Schema.Attribute(inner.Name) is null, $"{extension.Schema.Id}:{inner.Name}");
                }
            }
            else
            {
                Refuse(type.TopLevel(member.Name) is null && member.Name != "schemas", member.Name);
            }
        }
    }

    private static void Refuse(bool unknown, string name)
    {
        if (unknown)
        {
            throw ScimException.InvalidValue($"{Excerpt.Of(name)}: is no attribute of its resource type here.");
        }
    }

    /// <summary>The version in an entity tag as rows write it: <c>W/"7"</c>.</summary>
    private static long Version(string tag) =>
        tag.Length > 4 && long.TryParse(tag.AsSpan(3, tag.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version is > 0 and < long.MaxValue / 2 && EntityTag.Of(version) == tag
            ? version
            : throw ScimException.InvalidValue("meta.version: must be an entity tag such as W/\"7\".");
}
