using System.Collections.Concurrent;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Turns for what reads an organization from end to end: filters and orders that no index serves. Each keeps a processor busy for up to a
/// second at a million users, so an organization has one at a time on a server, and all together leave half of the processors to the
/// requests that search.
/// </summary>
public class ScanTurns : IDisposable
{
    /// <summary>How long a request waits for its turn, and what it is told to wait then, in seconds.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private const int RetryAfter = 5;

    private readonly TimeSpan longest;
    private readonly SemaphoreSlim all;
    private readonly ConcurrentDictionary<string, Queue> queues = new(StringComparer.Ordinal);

    public ScanTurns() : this(Math.Max(1, Environment.ProcessorCount / 2), LongestWait)
    {
    }

    /// <param name="atOnce">Turns of all organizations together.</param>
    /// <param name="longest">How long a request waits.</param>
    internal ScanTurns(int atOnce, TimeSpan longest)
    {
        all = new SemaphoreSlim(atOnce);
        this.longest = longest;
    }

    /// <summary>Waits for a turn; disposing ends it. Throws 429 where too many of the organization wait before it.</summary>
    public async ValueTask<IDisposable> TakeAsync(string organizationId, CancellationToken cancellationToken)
    {
        var queue = queues.AddOrUpdate(organizationId, _ => new Queue(1), (_, present) => present with { Waiting = present.Waiting + 1 });
        try
        {
            if (!await queue.Own.WaitAsync(longest, cancellationToken))
            {
                throw TooMany();
            }

            try
            {
                if (!await all.WaitAsync(longest, cancellationToken))
                {
                    throw TooMany();
                }
            }
            catch
            {
                queue.Own.Release();
                throw;
            }
        }
        catch
        {
            Leave(organizationId);
            throw;
        }

        return new Turn(this, organizationId, queue);
    }

    public void Dispose()
    {
        all.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What whoever waited too long is told.</summary>
    protected virtual string TooManyDetail => "Too many requests of this organization ask for what no index serves; wait and repeat, or let the attribute be indexed.";

    private ScimException TooMany() => ScimException.TooManyRequests(TooManyDetail, RetryAfter);

    private void End(string organizationId, Queue queue)
    {
        all.Release();
        queue.Own.Release();
        Leave(organizationId);
    }

    /// <summary>Forgets an organization for which nobody waits.</summary>
    private void Leave(string organizationId)
    {
        var left = queues.AddOrUpdate(organizationId, _ => throw new InvalidOperationException("There is no such turn."), (_, present) => present with { Waiting = present.Waiting - 1 });
        if (left.Waiting == 0)
        {
            queues.TryRemove(new(organizationId, left));
        }
    }

    private sealed record Queue(int Waiting)
    {
        public SemaphoreSlim Own { get; init; } = new(1);
    }

    private sealed class Turn(ScanTurns turns, string organizationId, Queue queue) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
            {
                turns.End(organizationId, queue);
            }
        }
    }
}
