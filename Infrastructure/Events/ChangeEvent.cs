using System.Globalization;
using System.Text.Json;

namespace ScimSlice.Infrastructure.Events;

/// <summary>An event as its row holds it and the application reads it.</summary>
public sealed record ChangeEvent
{
    /// <summary>The columns, in statements that call the table <c>e</c>.</summary>
    public const string Columns =
        "e.organization_id, e.position, e.at, e.type, e.resource_type, e.resource_id, e.version, e.before_values, e.after_values, e.member_id, e.member_type, e.request_id, e.actor_kind, e.actor, e.acknowledged_at";

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
