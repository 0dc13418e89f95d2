using System.Collections.Concurrent;

namespace ScimSlice.Infrastructure.Events;

/// <summary>
/// Wakes those who wait for an organization's next event as soon as one is written on this server; what others write is looked for in short intervals.
/// </summary>
public sealed class EventSignal(TimeProvider clock)
{
    /// <summary>How long an event of another server may go unnoticed.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);

    /// <summary>Stands for all organizations, none of which has it as its id.</summary>
    public const string Any = "";

    /// <summary>Tells that an event of the organization was written.</summary>
    public void Tell(string organizationId)
    {
        foreach (var whose in (ReadOnlySpan<string>)[organizationId, Any])
        {
            if (waiting.TryRemove(whose, out var source))
            {
                source.TrySetResult();
            }
        }
    }

    /// <summary>What ends when an event of the organization is told of from now on. To be taken before one looks for events.</summary>
    public Task Next(string organizationId) => waiting.GetOrAdd(organizationId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Waits for that, or until it is time to look without it.</summary>
    /// <param name="most">How long one waits at most.</param>
    public async Task WaitAsync(Task next, TimeSpan most, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(most < Interval ? most : Interval, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Somebody else may have written one.
        }
    }
}
