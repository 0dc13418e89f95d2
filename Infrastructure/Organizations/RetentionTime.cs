using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>How long things are kept: the settings of <c>Retention</c>. A null keeps them for good.</summary>
/// <param name="DeletedUsers">A deleted user as a tombstone, from which it can be restored.</param>
/// <param name="AuditRecords">What the audit says.</param>
/// <param name="Reads">What it says of requests that changed nothing and were not refused, if that is shorter.</param>
/// <param name="Events">What the application is told.</param>
public sealed record RetentionTime(TimeSpan? DeletedUsers, TimeSpan? AuditRecords, TimeSpan? Reads, TimeSpan? Events)
{
    public static RetentionTime Default { get; } = new(TimeSpan.FromDays(30), TimeSpan.FromDays(90), TimeSpan.FromDays(7), TimeSpan.FromDays(30));

    /// <summary>Who was deleted before this has been kept long enough. Where all are kept it is a text that sorts before every time.</summary>
    public string KeptSince(DateTimeOffset now) => DeletedUsers is { } time ? DateTimeValue.Format(now - time) : "";

    /// <summary>When a tombstone's time is over; null for never.</summary>
    public string? EndFor(string deletedAt) =>
        DeletedUsers is { } time && DateTimeValue.TryParse(deletedAt, out var deleted) ? DateTimeValue.Format(deleted + time) : null;
}
