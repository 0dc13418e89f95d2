using System.Text.Json;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>Some deliveries, in the order of their events.</summary>
public sealed record DeliveryPage(IReadOnlyList<DeliveryRow> Deliveries) : IApiAnswer
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("deliveries");
        foreach (var row in Deliveries)
        {
            Write(writer, row);
        }

        writer.WriteEndArray();
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
