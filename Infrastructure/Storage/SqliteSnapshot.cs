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
        reader.Execute("begin");
    }

    public async ValueTask DisposeAsync() => await reader.ExecuteAsync("rollback");
}
