namespace ScimSlice.Tests.Support;

/// <summary>Waits for what takes effect soon: within a second on a quiet machine, with patience for a busy one.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks until the condition holds. Throws when it has not held for a long time.</summary>
    public static async Task BeAsync(Func<Task<bool>> condition)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!await condition())
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException($"What was awaited has not happened within {Patience.TotalSeconds} seconds.");
            }

            await Task.Delay(50);
        }
    }
}
