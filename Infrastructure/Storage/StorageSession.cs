using System.Data.Common;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// What a handler sees of the storage: one connection. Inside a unit of work it is the one that writes, otherwise one that
/// only reads, taken when first asked for and given back when the request ends. Handlers never open or commit a transaction.
/// </summary>
public sealed class StorageSession(IDatabase database) : IDisposable
{
    private readonly DocumentBuffer documents = new();
    private DbConnection? reading;
    private DbConnection? writing;

    public DbConnection Connection => writing ?? (reading ??= database.RentReader());

    public ISqlDialect Dialect => database.Dialect;

    /// <summary>
    /// The resources that a statement selects: its columns are their versions and their documents. The documents live as long as
    /// this session.
    /// </summary>
    public async ValueTask<List<StoredResource>> ResourcesAsync(string sql, SqlParameters parameters, CancellationToken cancellationToken)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        parameters.AddTo(command);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var resources = new List<StoredResource>();
        while (await rows.ReadAsync(cancellationToken))
        {
            resources.Add(new StoredResource(rows.GetInt64(0), Dialect.Bytes(rows, 1, documents)));
        }

        return resources;
    }

    /// <summary>The one resource that a statement selects, null where there is none; its columns are version and document.</summary>
    public async ValueTask<StoredResource?> ResourceAsync(string sql, SqlParameters parameters, CancellationToken cancellationToken)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        parameters.AddTo(command);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new StoredResource(row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>The number that a statement selects.</summary>
    public async ValueTask<long> NumberAsync(string sql, SqlParameters parameters, CancellationToken cancellationToken)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        parameters.AddTo(command);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? row.GetInt64(0) : 0;
    }

    public void Dispose()
    {
        documents.Dispose();
        if (reading is not null)
        {
            database.ReturnReader(reading);
            reading = null;
        }
    }

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
