using System.Data.Common;
using Polly;
using ScimSlice.Infrastructure.Resilience;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Decides where a transaction begins and ends: runs a handler all or nothing, again as a whole after a transient fault, and
/// answers 503 when the storage stays busy.
/// </summary>
public sealed class UnitOfWork(IDatabase database, StorageSession session, StorageRetry retry)
{
    /// <summary>What the client is told to wait when the storage stays busy, in seconds.</summary>
    private const int RetryAfter = 2;

    /// <summary>Runs work that only reads: without a transaction, again after a transient fault.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await retry.Pipeline.ExecuteAsync(static (state, token) => state(token), work, cancellationToken);
        }
        catch (DbException fault) when (database.Dialect.IsTransient(fault))
        {
            throw ScimException.Unavailable(RetryAfter);
        }
    }

    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await retry.Pipeline.ExecuteAsync(
                static async (state, token) => await state.database.WriteAsync(
                    connection => state.session.WriteAsync(connection, () => state.work(token)), token),
                (database, session, work),
                cancellationToken);
        }
        catch (DbException fault) when (database.Dialect.IsTransient(fault))
        {
            throw ScimException.Unavailable(RetryAfter);
        }
    }
}
