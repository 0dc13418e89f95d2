using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// One SQLite file in WAL mode with synchronous=FULL: readers run beside the one writer, and what was committed is on disk.
/// Other processes may use the same file.
/// </summary>
public sealed class SqliteDatabase : IDatabase, IAsyncDisposable
{
    /// <summary>Reading connections that are kept for the next request; more are opened when needed and closed again.</summary>
    private const int KeptReaders = 16;

    /// <summary>How long a statement waits for another process before it counts as busy, in milliseconds.</summary>
    private const int BusyTimeout = 1000;

    private readonly ConcurrentBag<SqliteConnection> readers = [];
    private readonly Lazy<SqliteWriter> writer;
    private readonly string connectionString;

    public SqliteDatabase(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        if (builder.DefaultTimeout == 30)
        {
            // The provider's own retry on top of busy_timeout; storage retries take over from there.
            builder.DefaultTimeout = 1;
        }

        if (builder.Mode == SqliteOpenMode.ReadWriteCreate)
        {
            // The migration creates the file. One that is gone later is a fault, and an empty one in its place would hide it.
            builder.Mode = SqliteOpenMode.ReadWrite;
        }

        File = builder.DataSource;
        this.connectionString = builder.ToString();
        writer = new Lazy<SqliteWriter>(() => new SqliteWriter(File, () => Open("pragma synchronous = full; pragma foreign_keys = on;")));
    }

    /// <summary>The database file's path as configured.</summary>
    public string File { get; }

    public ISqlDialect Dialect { get; } = new SqliteDialect();

    public DbConnection RentReader() => readers.TryTake(out var connection) ? connection : Open("pragma query_only = on;");

    public void ReturnReader(DbConnection connection)
    {
        if (readers.Count < KeptReaders)
        {
            readers.Add((SqliteConnection)connection);
        }
        else
        {
            connection.Dispose();
        }
    }

    public Task<T> WriteAsync<T>(Func<DbConnection, ValueTask<T>> work, CancellationToken cancellationToken) =>
        writer.Value.WriteAsync(work, cancellationToken);

    public bool IsReachable()
    {
        try
        {
            using var connection = Open("pragma query_only = on;");
            using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from schema_migrations";
            command.ExecuteScalar();
            return true;
        }
        catch (Exception fault) when (fault is DbException or StorageException)
        {
            return false;
        }
    }

    /// <summary>Less would fit into what a change that found no room has left of the log.</summary>
    public async Task TryChangeAsync()
    {
        await WriteAsync(
            async connection => await connection.ExecuteAsync("create table if not exists attempt (padding blob) strict; insert into attempt values (zeroblob(131072))"),
            CancellationToken.None);
        await WriteAsync(async connection => await connection.ExecuteAsync("drop table if exists attempt"), CancellationToken.None);
    }

    public void Migrate(TimeProvider clock)
    {
        CreateFile();
        try
        {
            using var connection = Open("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;");
            Migrator.Migrate(connection, "Sqlite", "begin immediate", clock);
        }
        catch (SqliteException fault)
        {
            throw new StorageException($"The database {File} cannot be used: {fault.Message}", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (writer.IsValueCreated)
        {
            await writer.Value.DisposeAsync();
        }

        while (readers.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    /// <summary>Creates what is missing. Only the account that runs the service may read a new database: it holds people.</summary>
    private void CreateFile()
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(File)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            if (!System.IO.File.Exists(File))
            {
                new FileStream(File, options).Dispose();
            }
        }
        catch (Exception fault) when (fault is IOException && System.IO.File.Exists(File))
        {
            // Another process of the same first start was faster.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The database {File} cannot be created: {fault.Message}", fault);
        }
    }

    private SqliteConnection Open(string pragmas)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"pragma busy_timeout = {BusyTimeout}; {pragmas}";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
