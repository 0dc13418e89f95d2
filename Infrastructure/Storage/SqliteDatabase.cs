using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// One SQLite file in WAL mode with synchronous=FULL: readers run beside the one writer, and what was committed is on disk.
/// Other processes may use the same file.
/// </summary>
public sealed class SqliteDatabase : IDatabase, IAsyncDisposable
{
    /// <summary>How long a statement waits for another process before it counts as busy, in milliseconds.</summary>
    private const int BusyTimeout = 1000;

    /// <summary>
    /// What was committed is on disk. A group of changes all over a large file stays in memory until its commit (16 MB of pages), and
    /// pages go from the log to the file less often (every 16 MB): those that change again and again are written there once. What is
    /// deleted is overwritten, so that who was purged is not found in the file's free places.
    /// </summary>
    private const string WriterPragmas = "pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -16384; pragma wal_autocheckpoint = 4000; pragma secure_delete = on;";

    /// <summary>How long a request may read. It is the answer to a filter that no index serves over very many users.</summary>
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What a savepoint keeps of each page before its change, so that one request of a group can be undone, stays in memory. Beyond SQLite's
    /// own 64 KiB, which one user's pages fill, it went to a temporary file: more than half of all writes. No number of bytes can stand here
    /// in between: SQLite 3.53 writes that many at once when they are full, and of more than 128 KiB - 1 it writes the rest and calls the
    /// disk full.
    /// </summary>
    private const int UndoInMemory = -1;

    /// <summary>A switch of the process that leaves undo on disk: a verb may change more at once than there is memory.</summary>
    internal const string UndoOnDisk = "ScimSlice.UndoOnDisk";

    /// <summary>SQLITE_CONFIG_STMTJRNL_SPILL of sqlite3.h.</summary>
    private const int StatementJournalSpill = 26;

    private static readonly Lock TemporaryFiles = new();
    private static bool hasFolderForTemporaryFiles;

    private readonly SqliteReaders readers;
    private readonly Lazy<SqliteWriter> writer;
    private readonly string connectionString;

    static SqliteDatabase()
    {
        // Only possible before SQLite is used for the first time; later it is refused, and all works as before, slower.
        Batteries_V2.Init();
        if (!AppContext.TryGetSwitch(UndoOnDisk, out var onDisk) || !onDisk)
        {
            _ = raw.sqlite3_config(StatementJournalSpill, UndoInMemory);
        }
    }

    public SqliteDatabase(string connectionString) : this(connectionString, LongestRead)
    {
    }

    internal SqliteDatabase(string connectionString, TimeSpan longestRead)
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
        readers = new SqliteReaders(() => new PreparingConnection(Open("pragma query_only = on;")), longestRead);
        writer = new Lazy<SqliteWriter>(() => new SqliteWriter(File, () => new PreparingConnection(Open(WriterPragmas))));
    }

    /// <summary>The database file's path as configured.</summary>
    public string File { get; }

    public ISqlDialect Dialect { get; } = new SqliteDialect();

    public DbConnection RentReader() => readers.Rent();

    public void ReturnReader(DbConnection connection) => readers.Return((PreparingConnection)connection);

    public void Renew(DbException fault)
    {
        if (SqliteDialect.IsOfTheFile(fault))
        {
            readers.Renew();
        }
    }

    public Task<T> WriteAsync<T>(string? organizationId, Func<DbConnection, ValueTask<T>> work, CancellationToken cancellationToken) =>
        writer.Value.WriteAsync(organizationId, work, cancellationToken);

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
        await this.WriteAsync(
            async connection =>
            {
                await connection.ExecuteAsync("create table if not exists attempt (padding blob) strict");
                return await connection.ExecuteAsync("insert into attempt values (zeroblob(131072))");
            },
            CancellationToken.None);
        await this.WriteAsync(async connection => await connection.ExecuteAsync("drop table if exists attempt"), CancellationToken.None);
    }

    public void Migrate(TimeProvider clock)
    {
        CreateFile();
        try
        {
            using var connection = Open("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;");
            Migrator.Migrate(connection, "Sqlite", "begin immediate", clock);
            RequireWritable(connection);
        }
        catch (SqliteException fault)
        {
            throw new StorageException($"The database {File} cannot be used: {fault.Message}", fault);
        }
    }

    public MigrationStatus ReadMigrations()
    {
        if (Directory.Exists(File))
        {
            throw new StorageException($"The database {File} cannot be read: it is a folder.");
        }

        if (!System.IO.File.Exists(File))
        {
            return Migrator.Read("Sqlite", connection: null);
        }

        try
        {
            using var connection = Open("pragma query_only = on;");
            using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from sqlite_master where type = 'table' and name = 'schema_migrations'";
            return Migrator.Read("Sqlite", (long)command.ExecuteScalar()! > 0 ? connection : null);
        }
        catch (SqliteException fault)
        {
            throw new StorageException($"The database {File} cannot be read: {fault.Message}", fault);
        }
    }

    public Task<long> BackupAsync(string file, Action<double> progress, CancellationToken cancellationToken)
    {
        if (!System.IO.File.Exists(File))
        {
            throw new StorageException($"There is no database {File}; the setting Database:ConnectionString names it.");
        }

        return Task.Run(
            () =>
            {
                using var source = Open("pragma query_only = on;");
                return SqliteBackup.Run(source, file, progress, cancellationToken);
            },
            cancellationToken);
    }

    public Task<IAsyncDisposable> BeginSnapshotAsync(DbConnection reader, CancellationToken cancellationToken)
    {
        var connection = (PreparingConnection)reader;
        readers.Exempt(connection);
        return Task.FromResult<IAsyncDisposable>(new SqliteSnapshot(connection));
    }

    public async ValueTask DisposeAsync()
    {
        if (writer.IsValueCreated)
        {
            await writer.Value.DisposeAsync();
        }

        readers.Dispose();
    }

    /// <summary>A read-only file or folder is a mistake to be told at the start, before a client meets it.</summary>
    private void RequireWritable(SqliteConnection connection)
    {
        if (raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
        {
            throw new StorageException($"The database {File} cannot be used: it is read-only for the account that runs this program.");
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

            if (!System.IO.File.Exists(File))
            {
                OwnFile.Create(File).Dispose();
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

    /// <summary>
    /// What does not fit into memory (an order over very many users) goes to a file without a name. It lies where the database lies: the
    /// usual folders may be read-only, and are not the operator's to guard. Said once for the process, where nobody said otherwise.
    /// </summary>
    private void KeepTemporaryFilesBeside(SqliteConnection connection)
    {
        lock (TemporaryFiles)
        {
            if (hasFolderForTemporaryFiles || Environment.GetEnvironmentVariable("SQLITE_TMPDIR") is not null || Path.GetDirectoryName(Path.GetFullPath(File)) is not { } folder)
            {
                return;
            }

            using var command = connection.CreateCommand();
            command.CommandText = $"pragma temp_store_directory = '{folder.Replace("'", "''", StringComparison.Ordinal)}'";
            command.ExecuteNonQuery();
            hasFolderForTemporaryFiles = true;
        }
    }

    private SqliteConnection Open(string pragmas)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();

            // Without it SQLite plans anew whenever a limit is bound, to see whether its value makes another plan better.
            raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
            KeepTemporaryFilesBeside(connection);
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
