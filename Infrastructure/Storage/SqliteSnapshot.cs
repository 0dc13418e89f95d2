using System.Data.Common;
using Dapper;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>A read transaction of a connection that only reads: from its first statement on, all see the database of that moment.</summary>
internal sealed class SqliteSnapshot : IAsyncDisposable
{
    private readonly PreparingConnection connection;

    public SqliteSnapshot(PreparingConnection connection)
    {
        this.connection = connection;
        connection.Execute("begin deferred");
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            connection.Execute("rollback transaction");
        }
        catch (DbException)
        {
            // A fault has ended it already.
            return ValueTask.CompletedTask;
        }

        return ValueTask.CompletedTask;
    }
}
