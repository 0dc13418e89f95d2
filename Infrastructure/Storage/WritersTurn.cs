namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// A handler's turn to write: what the handler does before it asks is done beside other changes, what it does after it is done in
/// a transaction that nobody else writes in meanwhile. The handler is answered when its effect is on disk.
/// </summary>
internal sealed class WritersTurn(IDatabase database, StorageSession session)
{
    // Completed by the writer, which so goes on with the handler itself: no thread is woken between.
    private readonly TaskCompletionSource granted = new();
    private readonly TaskCompletionSource ended = new();
    private Task? writing;

    /// <summary>Waits for the turn. Throws what keeps it from coming: the request is given up, the database is busy.</summary>
    public Task TakeAsync(CancellationToken cancellationToken)
    {
        writing ??= WriteAsync(cancellationToken);
        return granted.Task;
    }

    /// <summary>Runs a handler, which may take the turn, and ends the turn with it: all that it wrote is undone where it throws.</summary>
    public async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> handler)
    {
        T result;
        try
        {
            result = await handler();
        }
        catch (Exception fault) when (writing is not null)
        {
            // Told when the group is committed: the fault may rest on what others of the group wrote.
            ended.TrySetException(fault);
            await writing;
            throw;
        }

        if (writing is not null)
        {
            ended.TrySetResult();
            await writing;
        }

        return result;
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.WriteAsync(
                session.OrganizationId,
                connection => session.WriteAsync(connection, async () =>
                {
                    granted.TrySetResult();
                    await ended.Task;
                    return 0;
                }),
                cancellationToken);
        }
        catch (Exception fault)
        {
            granted.TrySetException(fault);
            throw;
        }
    }
}
