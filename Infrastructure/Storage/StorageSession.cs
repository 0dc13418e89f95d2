using System.Data;
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
    private WritersTurn? turn;

    public DbConnection Connection => writing ?? (reading ??= database.RentReader());

    public ISqlDialect Dialect => database.Dialect;

    /// <summary>Whether a handler has asked for its turn to write; what ends without says nothing of whether the storage takes changes.</summary>
    internal bool HadTurn { get; private set; }

    /// <summary>
    /// Waits for the turn to write, where the handler does not have it already: from here on <see cref="Connection"/> is the one that
    /// writes. What was read before may have changed meanwhile, so writes name the version that they build on.
    /// </summary>
    public Task TurnAsync(CancellationToken cancellationToken)
    {
        if (writing is not null)
        {
            return Task.CompletedTask;
        }

        // Others can read while this one waits.
        GiveReaderBack();
        HadTurn = true;
        return (turn ?? throw new InvalidOperationException("Only the handler of a prepared command asks for a turn.")).TakeAsync(cancellationToken);
    }

    /// <summary>
    /// The resources that a statement selects: its columns are their versions and their documents. The documents live as long as
    /// this session.
    /// </summary>
    public ValueTask<List<StoredResource>> ResourcesAsync(string sql, SqlParameters parameters, CancellationToken cancellationToken) => ReadAsync(
        sql,
        parameters,
        static async (session, rows, token) =>
        {
            var resources = new List<StoredResource>();
            while (await rows.ReadAsync(token))
            {
                resources.Add(new StoredResource(rows.GetInt64(0), session.Dialect.Bytes(rows, 1, session.documents)));
            }

            return resources;
        },
        cancellationToken);

    /// <summary>The one resource that a statement selects, null where there is none; its columns are version and document.</summary>
    public ValueTask<StoredResource?> ResourceAsync(string sql, SqlParameters parameters, CancellationToken cancellationToken) => ReadAsync<StoredResource?>(
        sql,
        parameters,
        static async (_, row, token) => await row.ReadAsync(token) ? new StoredResource(row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null,
        cancellationToken);

    /// <summary>The whole number that a statement selects.</summary>
    public ValueTask<long> NumberAsync(string sql, SqlParameters parameters, CancellationToken cancellationToken) => ReadAsync(
        sql,
        parameters,
        static async (_, row, token) => await row.ReadAsync(token) ? row.GetInt64(0) : 0,
        cancellationToken);

    /// <summary>
    /// Runs a statement and reads its rows, with no copy of them between; the connection is opened for it where it is closed, and
    /// given back as soon as they are read: while an answer is sent, another request reads with it.
    /// </summary>
    private async ValueTask<T> ReadAsync<T>(
        string sql, SqlParameters parameters, Func<StorageSession, DbDataReader, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        var rents = writing is null && reading is null;
        var connection = Connection;
        var opens = connection.State == ConnectionState.Closed;
        if (opens)
        {
            await connection.OpenAsync(cancellationToken);
        }

        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            parameters.AddTo(command);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            return await read(this, rows, cancellationToken);
        }
        finally
        {
            if (opens)
            {
                await connection.CloseAsync();
            }

            if (rents)
            {
                GiveReaderBack();
            }
        }
    }

    private void GiveReaderBack()
    {
        if (reading is not null)
        {
            database.ReturnReader(reading);
            reading = null;
        }
    }

    public void Dispose()
    {
        documents.Dispose();
        GiveReaderBack();
    }

    /// <summary>Runs a handler that takes its turn itself.</summary>
    internal async ValueTask<T> PrepareAsync<T>(Func<ValueTask<T>> handler)
    {
        turn = new WritersTurn(database, this);
        try
        {
            return await turn.RunAsync(handler);
        }
        finally
        {
            turn = null;
        }
    }

    /// <summary>Lets all statements see the database of one moment, until what is returned is disposed of.</summary>
    internal Task<IAsyncDisposable> BeginSnapshotAsync(CancellationToken cancellationToken) => database.BeginSnapshotAsync(Connection, cancellationToken);

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
