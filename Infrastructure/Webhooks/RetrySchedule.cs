namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>When an event that could not be delivered is sent again: after pauses that grow to a day, each up to a fifth longer or shorter, so that many do not come at once.</summary>
public static class RetrySchedule
{
    private const double Jitter = 0.2;

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(3),
        TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1),
    ];

    /// <summary>The longest pause, and the longest that a receiver may ask for.</summary>
    public static TimeSpan Longest => Pauses[^1];

    /// <summary>The pause after so many attempts that failed, from 1 on.</summary>
    /// <param name="random">0 to 1, which decides within the jitter.</param>
    public static TimeSpan PauseAfter(long attempts, double random) =>
        Pauses[Math.Clamp(attempts - 1, 0, Pauses.Length - 1)] * (1 - Jitter + (2 * Jitter * random));

    /// <summary>What a receiver asks for (Retry-After), as far as it may; zero where it does not.</summary>
    public static TimeSpan Allowed(TimeSpan? asked) => asked is not { } wanted || wanted < TimeSpan.Zero ? TimeSpan.Zero : wanted < Longest ? wanted : Longest;
}
