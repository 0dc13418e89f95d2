using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Events;

/// <summary>A resource of a snapshot: its attributes, as events tell of them.</summary>
internal sealed record SnapshotRow
{
    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("SnapshotRow", $$"""
        {
          "type": "object",
          "required": ["id", "version", "attributes"],
          "properties": {
            "id": { "type": "string" },
            "version": { "type": "integer", "format": "int64", "minimum": 1, "description": "Events of a lower version are known already." },
            "attributes": { "type": "object", "additionalProperties": true, "description": "By name, those of an extension below its URN. A password is never among them." },
            "effectiveRole": { "type": "string", "description": "What a user may do, with what groups give." }
          }
        }
        """);

    public required string Id { get; init; }

    public required long Version { get; init; }

    public required byte[] Document { get; init; }

    /// <param name="effectiveRole">What the user that the document is of may do; null for groups.</param>
    public void WriteTo(Utf8JsonWriter json, ResourceType type, Func<ResourceDocument, string?>? effectiveRole = null)
    {
        var document = StoredDocument.Read(type, Document);
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteNumber("version", Version);
        json.WritePropertyName("attributes");
        json.WriteRawValue(ChangedValues.Of(document, null) ?? "{}", skipInputValidation: true);
        if (effectiveRole?.Invoke(document) is { } role)
        {
            json.WriteString(EffectiveRole.Name, role);
        }

        json.WriteEndObject();
    }
}
