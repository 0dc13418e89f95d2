using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Events;

/// <summary>What is measured of the application's word that a deactivation or deletion of a user is in effect there.</summary>
public static class Acknowledgement
{
    /// <summary>The condition of the events that wait for it, in statements that call the table <c>e</c>; the index <c>events_unacknowledged</c> holds just these.</summary>
    public const string IsOutstanding = "e.acknowledged_at is null and e.type in ('user.deactivated', 'user.deleted')";

    /// <summary>Seconds from such an event to its acknowledgement; null for an event of another type. Clocks of two servers may differ, so it is never below 0.</summary>
    public static double? LatencyOf(ChangeEvent told, string acknowledgedAt) =>
        told.Type is EventTypes.UserDeactivated or EventTypes.UserDeleted && DateTimeValue.TryParse(told.At, out var at) && DateTimeValue.TryParse(acknowledgedAt, out var acknowledged)
            ? Math.Max(0, (acknowledged - at).TotalSeconds) : null;
}
