using System.Globalization;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>An event that is to be sent again, or was given up, as its row holds it.</summary>
public sealed record DeliveryRow
{
    /// <summary>The columns, in statements that call the table <c>d</c>.</summary>
    public const string Columns = "d.webhook_id, d.position, d.resource_id, d.attempts, d.first_at, d.next_at, d.status, d.failure, d.dead_at";

    /// <summary>What is noted of events that were to be delivered and are kept no more.</summary>
    public static DeliveryRow Lost(string webhookId, long first, long last, string now) => new()
    {
        WebhookId = webhookId,
        Position = first,
        ResourceId = "",
        Attempts = 0,
        FirstAt = now,
        NextAt = now,
        DeadAt = now,
        Failure = string.Create(CultureInfo.InvariantCulture, $"Events {first} to {last} are kept no more and were not sent. Take a snapshot."),
    };

    public required string WebhookId { get; init; }

    /// <summary>The event's position.</summary>
    public required long Position { get; init; }

    public required string ResourceId { get; init; }

    /// <summary>Attempts that failed; 0 where it only waits behind another event of its resource.</summary>
    public required long Attempts { get; init; }

    public required string FirstAt { get; init; }

    public required string NextAt { get; init; }

    /// <summary>The last answer's status; null where there was no answer.</summary>
    public int? Status { get; init; }

    public string? Failure { get; init; }

    /// <summary>When it was given up; null while it is tried again.</summary>
    public string? DeadAt { get; init; }
}
