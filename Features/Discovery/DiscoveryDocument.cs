using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Discovery;

/// <summary>What the documents of discovery have in common. RFC 7644 §4.</summary>
internal static class DiscoveryDocument
{
    /// <summary>Sorting and paging are ignored here, but a filter is answered 403: the client relies on a choice that was not made.</summary>
    public static void RefuseFilter(bool hasFilter)
    {
        if (hasFilter)
        {
            throw ScimException.Forbidden("Discovery takes no filter. Ask without one.");
        }
    }

    public static void Write(Utf8JsonWriter writer, PublicUrls urls, Schema schema)
    {
        writer.WriteStartObject();
        schema.WriteMembersTo(writer);
        WriteMeta(writer, "Schema", $"{urls.BaseUrl}/Schemas/{schema.Id}");
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, PublicUrls urls, ResourceType type)
    {
        writer.WriteStartObject();
        type.WriteMembersTo(writer);
        WriteMeta(writer, "ResourceType", $"{urls.BaseUrl}/ResourceTypes/{type.Name}");
        writer.WriteEndObject();
    }

    public static void WriteMeta(Utf8JsonWriter writer, string resourceType, string location)
    {
        writer.WriteStartObject("meta");
        writer.WriteString("resourceType", resourceType);
        writer.WriteString("location", location);
        writer.WriteEndObject();
    }
}
