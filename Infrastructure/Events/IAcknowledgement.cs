namespace ScimSlice.Infrastructure.Events;

/// <summary>The answer of a command that acknowledges an event. What it says is measured when the command is committed.</summary>
public interface IAcknowledgement
{
    /// <summary>Seconds, as <see cref="Acknowledgement.LatencyOf"/> says; null where the event was acknowledged before.</summary>
    double? Latency { get; }
}
