using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Infrastructure.Events;

/// <summary>An event as its row holds it and the application reads it.</summary>
public sealed record ChangeEvent
{
    /// <summary>The columns, in statements that call the table <c>e</c>.</summary>
    public const string Columns =
        "e.organization_id, e.position, e.at, e.type, e.resource_type, e.resource_id, e.version, e.before_values, e.after_values, e.member_id, e.member_type, e.request_id, e.actor_kind, e.actor, e.acknowledged_at, e.method, e.cause_type, e.cause_id";

    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("Event", $$"""
        {
          "type": "object",
          "required": ["id", "position", "type", "at", "organization", "resource", "requestId", "actor"],
          "properties": {
            "id": { "type": "string", "description": "Names it among those of all organizations: the organization's id, a hyphen and the position." },
            "position": { "type": "integer", "format": "int64", "minimum": 1, "description": "Its place among the events of its organization, which have no gap." },
            "type": { "type": "string", "enum": {{EventTypes.All}} },
            "at": { "type": "string", "format": "date-time", "description": "When it happened, in UTC." },
            "organization": { "type": "string", "description": "The organization's id." },
            "resource": {
              "type": "object",
              "required": ["type", "id", "version"],
              "properties": {
                "type": { "type": "string", "enum": ["User", "Group", "Request"], "description": "Request only where one is done that was answered before." },
                "id": { "type": "string" },
                "version": { "type": "integer", "format": "int64", "minimum": 0, "description": "The version since; of a deleted resource the last, of a request 0. Events of one change share it." }
              }
            },
            "member": {
              "type": "object",
              "description": "Who came to the group or left it; only where it is about that.",
              "required": ["type", "id"],
              "properties": { "type": { "type": "string", "enum": ["User", "Group"] }, "id": { "type": "string" } }
            },
            "before": { "type": "object", "additionalProperties": true, "description": "The attributes that changed, as they were: whole ones by name, those of an extension below its URN." },
            "after": { "type": "object", "additionalProperties": true, "description": "The same as they are since. What is missing here and stands in before was removed. Of a request its answer." },
            "cause": {
              "type": "object",
              "description": "The change that brought it about; only where it is one of something else, as where a group gives its members a role.",
              "required": ["type", "id"],
              "properties": { "type": { "type": "string", "enum": ["Group", "RoleMapping", "Organization"] }, "id": { "type": "string", "description": "Of a mapping its group's." } }
            },
            "requestId": { "type": "string", "description": "The same for all that one request did." },
            "actor": {
              "type": "object",
              "description": "Who did it: the id of a token or a client, the account that ran a command, or a part of the service.",
              "required": ["kind", "id"],
              "properties": { "kind": { "type": "string", "enum": {{Audit.Actor.Kinds}} }, "id": { "type": "string" } }
            },
            "acknowledgedAt": { "type": "string", "format": "date-time", "description": "When the application said that it is in effect there." }
          }
        }
        """);

    public required string OrganizationId { get; init; }

    /// <summary>Its place among the events of its organization, from 1 on.</summary>
    public required long Position { get; init; }

    /// <summary>UTC: <c>2026-11-23T10:00:00.000Z</c>.</summary>
    public required string At { get; init; }

    /// <summary>One of <see cref="EventTypes"/>.</summary>
    public required string Type { get; init; }

    public required string ResourceType { get; init; }

    public required string ResourceId { get; init; }

    public required long Version { get; init; }

    public string? BeforeValues { get; init; }

    public string? AfterValues { get; init; }

    public string? MemberId { get; init; }

    public string? MemberType { get; init; }

    public required string RequestId { get; init; }

    public required string ActorKind { get; init; }

    public required string Actor { get; init; }

    public string? AcknowledgedAt { get; init; }

    /// <summary>The method of the request that did it; null for a command.</summary>
    public string? Method { get; init; }

    /// <summary>What brought it about; null where it is the change itself.</summary>
    public string? CauseType { get; init; }

    public string? CauseId { get; init; }

    /// <summary>Names it among those of all organizations: the organization's id, a hyphen and the position.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{OrganizationId}-{Position}");

    /// <summary>The position in the id of an event of that organization; null for any other text.</summary>
    public static long? PositionIn(string id, string organizationId) =>
        id.Length > organizationId.Length + 1 && id.StartsWith(organizationId, StringComparison.Ordinal) && id[organizationId.Length] == '-'
        && long.TryParse(id.AsSpan(organizationId.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", Id);
        writer.WriteNumber("position", Position);
        writer.WriteString("type", Type);
        writer.WriteString("at", At);
        writer.WriteString("organization", OrganizationId);
        writer.WriteStartObject("resource");
        writer.WriteString("type", ResourceType);
        writer.WriteString("id", ResourceId);
        writer.WriteNumber("version", Version);
        writer.WriteEndObject();
        if (MemberId is not null)
        {
            writer.WriteStartObject("member");
            writer.WriteString("type", MemberType);
            writer.WriteString("id", MemberId);
            writer.WriteEndObject();
        }

        WriteValues(writer, "before", BeforeValues);
        WriteValues(writer, "after", AfterValues);
        if (CauseId is not null)
        {
            writer.WriteStartObject("cause");
            writer.WriteString("type", CauseType);
            writer.WriteString("id", CauseId);
            writer.WriteEndObject();
        }

        writer.WriteString("requestId", RequestId);
        writer.WriteStartObject("actor");
        writer.WriteString("kind", ActorKind);
        writer.WriteString("id", Actor);
        writer.WriteEndObject();
        if (AcknowledgedAt is not null)
        {
            writer.WriteString("acknowledgedAt", AcknowledgedAt);
        }

        writer.WriteEndObject();
    }

    /// <summary>Our own JSON, checked when it was made.</summary>
    private static void WriteValues(Utf8JsonWriter writer, string name, string? values)
    {
        if (values is not null)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(values, skipInputValidation: true);
        }
    }
}
