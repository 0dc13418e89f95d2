namespace ScimSlice.Tests.Support;

/// <summary>The time of day, which a test can move forward; timers run as ever.</summary>
public sealed class ManualClock : TimeProvider
{
    private long offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref offset));

    public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Read(ref offset) / TimeSpan.TicksPerMillisecond * TimestampFrequency / 1000);

    public void Advance(TimeSpan time) => Interlocked.Add(ref offset, time.Ticks);
}
