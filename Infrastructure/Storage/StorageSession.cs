using System.Data;
using System.Data.Common;
using ScimSlice.Infrastructure.Scim.Protocol;
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

    /// <summary>Whose changes it makes, and so in whose turn; null for the service's own.</summary>
    public string? OrganizationId { get; set; }

    /// <summary>Whether a unit of work writes already, so that another one is a part of it.</summary>
    internal bool IsWriting => writing is not null;

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
    /// A page of an ordered result: <paramref name="count"/> resources at most, until their documents reach <paramref name="maxBytes"/>,
    /// from a place on or from an index on. The columns of the statement for each part are version, document, id and sort key, and the
    /// time of the last change where the document does not tell it, and whether it is in a group where that is asked; it takes the parameters <c>limit</c> and <c>offset</c>. The documents live as long as this session.
    /// </summary>
    /// <param name="placed">Whether the places of the resources are read, for cursors.</param>
    public async ValueTask<ResourcePage> PageAsync(
        SortToSql order, Func<SortPart, string> sql, SqlParameters parameters, bool placed, Cursor? from, int offset, int count, int maxBytes, CancellationToken cancellationToken)
    {
        var backward = from is { Backward: true };
        var found = new List<PlacedResource>();
        var hasMore = false;
        long bytes = 0;
        foreach (var part in offset > 0 ? [order.Whole()] : order.Parts(from, backward, parameters))
        {
            // One more than wanted tells whether more follow.
            parameters.With("limit", count + 1 - found.Count).With("offset", offset);
            hasMore = await ReadAsync(
                sql(part),
                parameters,
                async (session, rows, token) =>
                {
                    while (await rows.ReadAsync(token))
                    {
                        if (found.Count == count || bytes >= maxBytes)
                        {
                            return true;
                        }

                        var document = session.Dialect.Bytes(rows, 1, session.documents);
                        bytes += document.Length;
                        var isMember = rows.FieldCount <= 5 || rows.GetInt64(5) > 0;
                        var resource = rows.FieldCount > 4 && !rows.IsDBNull(4) ? StoredResource.Of(rows.GetInt64(0), rows.GetString(4), document) : new StoredResource(rows.GetInt64(0), document);
                        found.Add(placed
                            ? new PlacedResource(resource, rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3), isMember)
                            : new PlacedResource(resource, "", null, isMember));
                    }

                    return false;
                },
                cancellationToken);
            if (hasMore)
            {
                break;
            }
        }

        if (backward)
        {
            found.Reverse();
        }

        return new ResourcePage(found, hasMore);
    }

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
    public async ValueTask<T> ReadAsync<T>(
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

            // The other engine's provider ends its statements itself.
            await using var ending = writing is null && connection is PreparingConnection reader ? reader.EndOn(cancellationToken) : default;
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            return await read(this, rows, cancellationToken);
        }
        catch (DbException) when (cancellationToken.IsCancellationRequested)
        {
            // Whatever the statement says to it: the request was given up, and nothing is wrong with the storage.
            throw new OperationCanceledException(cancellationToken);
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

    /// <summary>Gives the reading connection back before the handler waits for something else; the next statement takes one again.</summary>
    public void Release() => GiveReaderBack();

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
