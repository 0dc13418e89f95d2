using System.Text.Json;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.SecurityEvents;

namespace ScimSlice.Features.Webhooks;

/// <summary>Keys as a JSON Web Key Set: their public parts. RFC 7517 §5.</summary>
public sealed record KeySet(IReadOnlyList<IssuerKey> Keys) : IApiAnswer
{
    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("KeySet", $$"""
        {
          "type": "object",
          "description": "A JSON Web Key Set. RFC 7517 §5.",
          "required": ["keys"],
          "properties": { "keys": { "type": "array", "items": {{IssuerKey.PublicSchema}} } }
        }
        """);

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("keys");
        foreach (var key in Keys)
        {
            key.WritePublicTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
