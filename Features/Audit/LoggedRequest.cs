using System.Text.Json;
using ScimSlice.Infrastructure.Audit;

namespace ScimSlice.Features.Audit;

/// <summary>A request, or an operation of one, in the provisioning log: what it said, what it was answered, and what it did.</summary>
/// <param name="Changes">As far as the events of it are kept.</param>
public sealed record LoggedRequest(AuditRecord Record, IReadOnlyList<LoggedChange> Changes)
{
    /// <summary>Milliseconds that it took; null where that is not known.</summary>
    public double? Milliseconds => Record.DurationUs / 1000.0;

    public IReadOnlyList<string> Quirks => Record.Quirks?.Split(',') ?? [];

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Record.Id);
        json.WriteString("at", Record.At);
        json.WriteString("requestId", Record.RequestId);
        json.WriteStartObject("credential");
        json.WriteString("kind", Record.ActorKind);
        json.WriteString("id", Record.Actor);
        json.WriteEndObject();
        json.WriteString("method", Record.Method);
        json.WriteString("path", Record.Path);
        WriteNumber(json, "status", Record.Status);
        json.WriteString("scimType", Record.ScimType);
        json.WriteString("detail", Record.Detail);
        WriteNumber(json, "durationMs", Milliseconds);
        json.WriteStartArray("quirks");
        foreach (var quirk in Quirks)
        {
            json.WriteStringValue(quirk);
        }

        json.WriteEndArray();
        json.WriteNumber("times", Record.Times);
        json.WriteString("operation", Record.Operation);
        if (Record.ResourceId is not null)
        {
            json.WriteStartObject("resource");
            json.WriteString("type", Record.ResourceType);
            json.WriteString("id", Record.ResourceId);
            WriteNumber(json, "version", Record.Version);
            json.WriteEndObject();
        }

        json.WriteStartArray("changes");
        foreach (var change in Changes)
        {
            change.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
