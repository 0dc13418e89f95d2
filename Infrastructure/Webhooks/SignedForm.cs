using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>Type, time and the event as the feed tells it, signed as Standard Webhooks 1.0 says.</summary>
internal sealed class SignedForm(IReadOnlyList<byte[]> secrets, TimeProvider clock) : IDeliveryForm
{
    public Task<DeliveryMessage> RenderAsync(ChangeEvent told)
    {
        var body = Render(told);
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        return Task.FromResult(new DeliveryMessage(body, "application/json",
        [
            new("webhook-id", told.Id),
            new("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture)),
            new("webhook-signature", WebhookSecret.Sign(secrets, told.Id, seconds, body)),
        ]));
    }

    /// <summary>Whether the answer is <c>{"acknowledged":true}</c>; anything else says nothing.</summary>
    public bool Acknowledges(OutboundAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("acknowledged", out var value) && value.ValueKind == JsonValueKind.True;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public string Refusal(OutboundAnswer answer) => $"It answered {answer.Status}.";

    public void Dispose()
    {
        // Nothing is held.
    }

    private static byte[] Render(ChangeEvent told)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type", told.Type);
            writer.WriteString("timestamp", told.At);
            writer.WritePropertyName("data");
            told.WriteTo(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
