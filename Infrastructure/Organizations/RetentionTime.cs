using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>How long a deleted user stays as a tombstone, from which it can be restored: the setting <c>Retention:DeletedUsers</c>.</summary>
/// <param name="DeletedUsers">Null to keep them until they are purged by hand.</param>
public sealed record RetentionTime(TimeSpan? DeletedUsers)
{
    public static RetentionTime Default { get; } = new(TimeSpan.FromDays(30));

    /// <summary>Who was deleted before this has been kept long enough. Where all are kept it is a text that sorts before every time.</summary>
    public string KeptSince(DateTimeOffset now) => DeletedUsers is { } time ? DateTimeValue.Format(now - time) : "";

    /// <summary>When a tombstone's time is over; null for never.</summary>
    public string? EndFor(string deletedAt) =>
        DeletedUsers is { } time && DateTimeValue.TryParse(deletedAt, out var deleted) ? DateTimeValue.Format(deleted + time) : null;
}
