using System.Data.Common;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Whether the storage takes changes. The changes of clients tell while all is well; where the last one was refused, or there was
/// none yet, one of its own is tried, so that the end of a fault is seen without a client.
/// </summary>
public sealed class StorageCondition(IDatabase database)
{
    /// <summary>How long a change may take before the storage counts as refusing it. An orchestrator's probe waits little longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private volatile bool isGood;
    private Task<bool>? attempt;

    /// <summary>Notes how a change ended.</summary>
    public void Note(bool taken)
    {
        if (isGood != taken)
        {
            isGood = taken;
        }
    }

    /// <summary>Whether a change would be taken now. Throws nothing. However many ask, one attempt is made at a time.</summary>
    public async Task<bool> TakesChangesAsync()
    {
        if (isGood)
        {
            return true;
        }

        Task<bool> current;
        lock (gate)
        {
            attempt = current = attempt is { IsCompleted: false } ? attempt : Task.Run(TryChangeAsync);
        }

        return await Task.WhenAny(current, Task.Delay(Patience)) == current && await current;
    }

    private async Task<bool> TryChangeAsync()
    {
        try
        {
            await database.TryChangeAsync();
            isGood = true;
        }
        catch (Exception fault) when (fault is DbException or CommitUnknownException or StorageException or TimeoutException)
        {
            isGood = false;
        }

        return isGood;
    }
}
