using System.Data.Common;
using Dapper;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>A read transaction on a SQLite connection: what is committed meanwhile is not seen, and no writer waits for it.</summary>
internal sealed class SqliteSnapshot : IAsyncDisposable
{
    private readonly DbConnection reader;

    public SqliteSnapshot(DbConnection reader)
    {
        this.reader = reader;
        // Of more than one word, or Dapper takes it for the name of a procedure.
        reader.Execute("begin transaction");
    }

    public async ValueTask DisposeAsync() => await reader.ExecuteAsync("rollback transaction");
}
