using System.Data.Common;
using Dapper;
using ScimSlice.Infrastructure.Resilience;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Decides where a transaction begins and ends: runs a handler all or nothing, again as a whole after a transient fault, and
/// answers 503 when the storage stays busy.
/// </summary>
public sealed class UnitOfWork(IDatabase database, StorageSession session, StorageRetry retry, StorageCondition condition)
{
    /// <summary>Runs work that only reads: without a transaction, again after a transient fault.</summary>
    public ValueTask<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        retry.RunAsync(work, cancellationToken);

    /// <summary>The same, and all statements see the database of one moment.</summary>
    public ValueTask<T> ReadSnapshotAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) => retry.RunAsync(
        async token =>
        {
            await using var snapshot = await session.BeginSnapshotAsync(token);
            return await work(token);
        },
        cancellationToken);

    /// <summary>Runs work that writes from its beginning on.</summary>
    public ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) => session.IsWriting
        ? RunPartAsync(work, cancellationToken)
        : WriteAsync(token => new ValueTask<T>(database.WriteAsync(session.OrganizationId, connection => session.WriteAsync(connection, () => work(token)), token)), () => true, cancellationToken);

    /// <summary>Runs work that writes, and that takes its turn to write when it has prepared what it can.</summary>
    public ValueTask<T> PrepareAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) => session.IsWriting
        ? RunPartAsync(work, cancellationToken)
        : WriteAsync(token => session.PrepareAsync(() => work(token)), () => session.HadTurn, cancellationToken);

    /// <summary>
    /// Runs work inside a unit of work: a refusal undoes this part and no other. A fault of the storage goes on to the whole, which is tried
    /// again or given up as a whole.
    /// </summary>
    private async ValueTask<T> RunPartAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await session.Connection.ExecuteAsync("savepoint part");
        T result;
        try
        {
            result = await work(cancellationToken);
        }
        catch (Exception fault) when (fault is not DbException)
        {
            await session.Connection.ExecuteAsync("rollback to savepoint part");
            await session.Connection.ExecuteAsync("release savepoint part");
            throw;
        }

        await session.Connection.ExecuteAsync("release savepoint part");
        return result;
    }

    private async ValueTask<T> WriteAsync<T>(Func<CancellationToken, ValueTask<T>> work, Func<bool> wrote, CancellationToken cancellationToken)
    {
        try
        {
            var result = await retry.RunAsync(work, cancellationToken);
            if (wrote())
            {
                condition.Note(taken: true);
            }

            return result;
        }
        catch (ScimException refused) when (refused.RetryAfter is not null)
        {
            condition.Note(taken: false);
            throw;
        }
    }
}
