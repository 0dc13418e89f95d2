using System.Text.Json;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Features.Audit;

/// <summary>A request, or an operation of one, in the provisioning log: what it said, what it was answered, and what it did.</summary>
/// <param name="Changes">As far as the events of it are kept.</param>
public sealed record LoggedRequest(AuditRecord Record, IReadOnlyList<LoggedChange> Changes)
{
    /// <summary>Milliseconds that it took; null where that is not known.</summary>
    public double? Milliseconds => Record.DurationUs / 1000.0;

    public IReadOnlyList<string> Quirks => Record.Quirks?.Split(',') ?? [];

    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("LoggedRequest", $$"""
        {
          "type": "object",
          "description": "A request, or an operation of one; or a command of an operator, which has no method, path and status.",
          "required": ["id", "at", "requestId", "credential", "method", "path", "status", "scimType", "detail", "durationMs", "quirks", "times", "operation", "changes"],
          "properties": {
            "id": { "type": "string" },
            "at": { "type": "string", "format": "date-time" },
            "requestId": { "type": "string", "description": "The same in events and in the detail of an error." },
            "credential": {
              "type": "object",
              "required": ["kind", "id"],
              "properties": { "kind": { "type": "string", "enum": {{Actor.Kinds}} }, "id": { "type": "string" } }
            },
            "method": { "type": ["string", "null"] },
            "path": { "type": ["string", "null"], "description": "Without its query, and where it holds something else than ids only the route." },
            "status": { "type": ["integer", "null"] },
            "scimType": { "type": ["string", "null"] },
            "detail": { "type": ["string", "null"], "description": "Why it was refused, or what a search found; with … for what the client wrote." },
            "durationMs": { "type": ["number", "null"], "minimum": 0 },
            "quirks": { "type": "array", "items": { "type": "string" }, "description": "Deviations from SCIM that were understood." },
            "times": { "type": "integer", "format": "int64", "minimum": 1, "description": "More than 1 where the same came again and again, and is counted." },
            "operation": { "type": ["string", "null"], "description": "What changed something; null for what changed nothing." },
            "resource": {
              "type": "object",
              "required": ["type", "id", "version"],
              "properties": { "type": { "type": "string" }, "id": { "type": "string" }, "version": { "type": ["integer", "null"], "format": "int64" } }
            },
            "changes": { "type": "array", "items": {{LoggedChange.Schema}}, "description": "As far as the events of it are kept." }
          }
        }
        """);

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
