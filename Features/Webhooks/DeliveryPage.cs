using System.Text.Json;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>Some deliveries, in the order of their events.</summary>
public sealed record DeliveryPage(IReadOnlyList<DeliveryRow> Deliveries, bool HasMore) : IApiAnswer
{
    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("DeliveryPage", $$"""
        {
          "type": "object",
          "required": ["deliveries"],
          "properties": {
            "deliveries": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["webhook", "position", "resource", "attempts", "firstAt", "nextAt", "failure", "deadAt"],
                "properties": {
                  "webhook": { "type": "string", "description": "The webhook's id." },
                  "position": { "type": "integer", "format": "int64", "minimum": 1, "description": "The event's position." },
                  "resource": { "type": "string", "description": "The id of the event's user or group." },
                  "attempts": { "type": "integer", "format": "int64", "minimum": 0, "description": "Attempts that failed; 0 where it only waits behind another event of its resource." },
                  "firstAt": { "type": "string", "format": "date-time" },
                  "nextAt": { "type": ["string", "null"], "format": "date-time", "description": "When it is tried again; null where it was given up." },
                  "status": { "type": "integer", "description": "The status of the last answer; missing where there was none." },
                  "failure": { "type": ["string", "null"], "description": "Why the last attempt failed." },
                  "deadAt": { "type": ["string", "null"], "format": "date-time", "description": "When it was given up; null while it is tried again." }
                }
              }
            },
            "next": { "type": "string", "description": "Where one goes on (after); missing where nothing follows." }
          }
        }
        """);

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("deliveries");
        foreach (var row in Deliveries)
        {
            Write(writer, row);
        }

        writer.WriteEndArray();
        if (HasMore)
        {
            writer.WriteString("next", new DeliveryPlace(Deliveries[^1].Position, Deliveries[^1].WebhookId).ToString());
        }

        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, DeliveryRow row)
    {
        writer.WriteStartObject();
        writer.WriteString("webhook", row.WebhookId);
        writer.WriteNumber("position", row.Position);
        writer.WriteString("resource", row.ResourceId);
        writer.WriteNumber("attempts", row.Attempts);
        writer.WriteString("firstAt", row.FirstAt);
        writer.WriteString("nextAt", row.DeadAt is null ? row.NextAt : null);
        if (row.Status is { } status)
        {
            writer.WriteNumber("status", status);
        }

        writer.WriteString("failure", row.Failure);
        writer.WriteString("deadAt", row.DeadAt);
        writer.WriteEndObject();
    }
}
