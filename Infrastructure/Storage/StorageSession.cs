using System.Data.Common;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// What a handler sees of the storage: one connection. Inside a unit of work it is the one that writes, otherwise one that
/// only reads, taken when first asked for and given back when the request ends. Handlers never open or commit a transaction.
/// </summary>
public sealed class StorageSession(IDatabase database) : IDisposable
{
    private DbConnection? reading;
    private DbConnection? writing;

    public DbConnection Connection => writing ?? (reading ??= database.RentReader());

    public ISqlDialect Dialect => database.Dialect;

    public void Dispose()
    {
        if (reading is not null)
        {
            database.ReturnReader(reading);
            reading = null;
        }
    }

    /// <summary>Lets all statements see the database of one moment, until what is returned is disposed of.</summary>
    internal Task<DbTransaction> BeginSnapshotAsync(CancellationToken cancellationToken) => database.BeginSnapshotAsync(Connection, cancellationToken);

    /// <summary>Lets <see cref="Connection"/> be the writing connection while <paramref name="work"/> runs.</summary>
    internal async ValueTask<T> WriteAsync<T>(DbConnection connection, Func<ValueTask<T>> work)
    {
        writing = connection;
        try
        {
            return await work();
        }
        finally
        {
            writing = null;
        }
    }
}
