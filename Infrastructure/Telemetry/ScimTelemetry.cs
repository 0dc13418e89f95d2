using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ScimSlice.Infrastructure.Telemetry;

/// <summary>The names under which ScimSlice traces and measures itself.</summary>
public static class ScimTelemetry
{
    public const string Name = "ScimSlice";

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>Duration of operations in seconds, by operation and outcome.</summary>
    public static Histogram<double> Operations { get; } = Meter.CreateHistogram(
        "scim.operation.duration",
        "s",
        "Duration of SCIM operations",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    /// <summary>Deviations of clients that were understood, by name.</summary>
    public static Counter<long> Quirks { get; } = Meter.CreateCounter<long>("scim.quirks", "{use}", "Deviations from the RFCs that were understood");

    /// <summary>Requests refused for want of a valid token.</summary>
    public static Counter<long> RefusedCredentials { get; } = Meter.CreateCounter<long>("scim.refused_credentials", "{request}", "Requests without a valid token");

    /// <summary>Attempts to deliver events to webhooks, by outcome: delivered, failed, and dead where one was given up.</summary>
    public static Counter<long> WebhookAttempts { get; } = Meter.CreateCounter<long>("scim.webhook_attempts", "{attempt}", "Attempts to deliver events to webhooks");

    /// <summary>Seconds from a deactivation or deletion of a user to its first acknowledgement.</summary>
    public static Histogram<double> AcknowledgementLatency { get; } = Meter.CreateHistogram(
        "scim.acknowledgement_latency",
        "s",
        "Time until a deactivation or deletion of a user was acknowledged",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86_400, 3 * 86_400, 7 * 86_400] });

    /// <summary>Deleted users that were erased because their retention time was over.</summary>
    public static Counter<long> PurgedUsers { get; } = Meter.CreateCounter<long>("scim.purged_users", "{user}", "Deleted users erased at the end of their retention time");
}
