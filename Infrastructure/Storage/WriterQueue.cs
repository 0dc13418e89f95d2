using System.Diagnostics.CodeAnalysis;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// What waits for the one writer. Organizations have their turns in a circle, so that none waits for more than one work of each other one, however much
/// that has sent; what one of them sends is done in its order.
/// </summary>
/// <param name="max">What may wait; beyond it, callers wait for a place.</param>
internal sealed class WriterQueue<T>(int max) : IDisposable
{
    /// <summary>Emptied queues that are kept to be used again: mostly an organization has one work waiting, and then none.</summary>
    private const int MaxSpare = 64;

    private readonly object gate = new();
    private readonly Dictionary<string, Queue<T>> waiting = new(StringComparer.Ordinal);
    private readonly Queue<string> turns = new();
    private readonly Stack<Queue<T>> spare = new();
    private readonly SemaphoreSlim places = new(max);
    private bool isComplete;

    /// <param name="organizationId">Whose work it is; empty for the service's own.</param>
    public ValueTask AddAsync(string organizationId, T work, CancellationToken cancellationToken)
    {
        if (!places.Wait(0, CancellationToken.None))
        {
            return AddLaterAsync(organizationId, work, cancellationToken);
        }

        Add(organizationId, work);
        return ValueTask.CompletedTask;
    }

    /// <summary>Blocks the writer's thread until something waits; false where nothing comes any more.</summary>
    public bool Wait()
    {
        lock (gate)
        {
            while (turns.Count == 0 && !isComplete)
            {
                Monitor.Wait(gate);
            }

            return turns.Count > 0;
        }
    }

    public bool TryTake([MaybeNullWhen(false)] out T work)
    {
        lock (gate)
        {
            if (!turns.TryDequeue(out var organizationId))
            {
                work = default;
                return false;
            }

            var own = waiting[organizationId];
            work = own.Dequeue();
            if (own.Count > 0)
            {
                turns.Enqueue(organizationId);
            }
            else
            {
                waiting.Remove(organizationId);
                if (spare.Count < MaxSpare)
                {
                    spare.Push(own);
                }
            }
        }

        places.Release();
        return true;
    }

    /// <summary>Takes nothing more; what waits is still done.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isComplete = true;
            Monitor.PulseAll(gate);
        }
    }

    public void Dispose() => places.Dispose();

    private async ValueTask AddLaterAsync(string organizationId, T work, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        Add(organizationId, work);
    }

    private void Add(string organizationId, T work)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isComplete, this);
            if (!waiting.TryGetValue(organizationId, out var own))
            {
                waiting[organizationId] = own = spare.TryPop(out var known) ? known : new Queue<T>();
                turns.Enqueue(organizationId);
            }

            own.Enqueue(work);
            if (turns.Count == 1)
            {
                Monitor.Pulse(gate);
            }
        }
    }
}
