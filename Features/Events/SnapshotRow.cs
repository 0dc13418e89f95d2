using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Events;

/// <summary>A resource of a snapshot: its attributes, as events tell of them.</summary>
internal sealed record SnapshotRow
{
    public required string Id { get; init; }

    public required long Version { get; init; }

    public required byte[] Document { get; init; }

    public void WriteTo(Utf8JsonWriter json, ResourceType type)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteNumber("version", Version);
        json.WritePropertyName("attributes");
        StoredDocument.Read(type, Document).Attributes.WriteTo(json);
        json.WriteEndObject();
    }
}
