using System.Data;
using System.Data.Common;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>The rows of one statement, read by and by. They hold a reading connection until they are disposed of.</summary>
public sealed class OpenRows : IAsyncDisposable
{
    private readonly IDatabase database;
    private readonly DbConnection connection;
    private bool opened;
    private DbCommand? command;
    private DbDataReader? rows;

    internal OpenRows(IDatabase database, DbConnection connection) => (this.database, this.connection) = (database, connection);

    /// <summary>The row that is read.</summary>
    public DbDataReader Row => rows!;

    public Task<bool> ReadAsync(CancellationToken cancellationToken) => Row.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (rows is not null)
        {
            await rows.DisposeAsync();
        }

        command?.Dispose();
        if (opened)
        {
            await connection.CloseAsync();
        }

        database.ReturnReader(connection);
    }

    internal async ValueTask RunAsync(string sql, SqlParameters parameters, CancellationToken cancellationToken)
    {
        if (connection.State == ConnectionState.Closed)
        {
            await connection.OpenAsync(cancellationToken);
            opened = true;
        }

        command = connection.CreateCommand();
        command.CommandText = sql;
        parameters.AddTo(command);
        rows = await command.ExecuteReaderAsync(cancellationToken);
    }
}
