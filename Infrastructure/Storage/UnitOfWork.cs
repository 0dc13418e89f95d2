using ScimSlice.Infrastructure.Resilience;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Decides where a transaction begins and ends: runs a handler all or nothing, again as a whole after a transient fault, and
/// answers 503 when the storage stays busy.
/// </summary>
public sealed class UnitOfWork(IDatabase database, StorageSession session, StorageRetry retry)
{
    /// <summary>Runs work that only reads: without a transaction, again after a transient fault.</summary>
    public ValueTask<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        retry.RunAsync(work, cancellationToken);

    /// <summary>Runs work that writes, and that takes its turn to write when it has prepared what it can.</summary>
    public ValueTask<T> PrepareAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        retry.RunAsync(token => session.PrepareAsync(() => work(token)), cancellationToken);

    /// <summary>Runs work that writes from its beginning on.</summary>
    public ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) => retry.RunAsync(
        async token => await database.WriteAsync(connection => session.WriteAsync(connection, () => work(token)), token),
        cancellationToken);
}
