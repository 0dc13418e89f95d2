using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.SecurityEvents;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>An endpoint of the application that events are sent to, as its row holds it.</summary>
public sealed record WebhookRow
{
    /// <summary>The columns, in statements that call the table <c>w</c>.</summary>
    public const string Columns = "w.organization_id, w.id, w.url, w.types, w.created_at, w.position, w.failures, w.next_at, w.leased_until, w.disabled_at, w.disabled_why, w.delivery, w.audience, w.mode";

    public required string OrganizationId { get; init; }

    public required string Id { get; init; }

    /// <summary>Empty where events are fetched.</summary>
    public required string Url { get; init; }

    /// <summary>A JSON array of the types that are sent; null for all.</summary>
    public string? Types { get; init; }

    public required string CreatedAt { get; init; }

    /// <summary>The last event that was sent, or that is a delivery to be tried again.</summary>
    public required long Position { get; init; }

    /// <summary>Attempts that failed since one succeeded.</summary>
    public long Failures { get; init; }

    /// <summary>Before this nothing is tried.</summary>
    public required string NextAt { get; init; }

    public required string LeasedUntil { get; init; }

    public string? DisabledAt { get; init; }

    public string? DisabledWhy { get; init; }

    /// <summary>One of <see cref="DeliveryMethod"/>.</summary>
    public string Delivery { get; init; } = DeliveryMethod.Webhook;

    /// <summary>Whom security event tokens are for; null for its URL.</summary>
    public string? Audience { get; init; }

    /// <summary>One of <see cref="TokenMode"/> where it has security event tokens; null otherwise.</summary>
    public string? Mode { get; init; }

    /// <summary>The types that are sent; null for all.</summary>
    public IReadOnlyList<string>? Sent => Types is null ? null : JsonSerializer.Deserialize<string[]>(Types);

    /// <summary>Whether it is to have an event.</summary>
    internal bool Wants(ChangeEvent told) => Sent?.Contains(told.Type) != false && (Delivery == DeliveryMethod.Webhook || EventValues.AreTold(told));
}
