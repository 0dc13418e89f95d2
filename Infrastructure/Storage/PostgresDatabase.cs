using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// One PostgreSQL database, shared by any number of servers. What was committed is on its disk, and on its synchronous standbys'.
/// Each change is a transaction of its own: the server flushes those that commit together at once.
/// </summary>
public sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    /// <summary>
    /// What holds for each session: no statement, and no transaction that waits for this program, holds locks for long, even if this
    /// program dies or the network is cut. In milliseconds.
    /// </summary>
    private const string SessionOptions = "-c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000";

    /// <summary>How long a commit may wait, for a standby above all. The server's own timeouts end before the commit begins.</summary>
    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(10);

    /// <summary>What is set unless the connection string says otherwise.</summary>
    private static readonly (string Keyword, string Value)[] Defaults =
    [
        ("Application Name", "ScimSlice"),
        // Six servers fit into the hundred connections that PostgreSQL allows unless told otherwise.
        ("Maximum Pool Size", "16"),
        ("Max Auto Prepare", "64"),
        ("Auto Prepare Min Usages", "2"),
        // Sessions keep no state between requests, so that resetting them on return would only cost a round trip.
        ("No Reset On Close", "true"),
        ("Timeout", "5"),
        ("Command Timeout", "20"),
        ("Tcp Keepalive", "true"),
        ("Tcp Keepalive Time", "10"),
        ("Tcp Keepalive Interval", "5"),
        ("Options", SessionOptions),
    ];

    /// <summary>What is set besides, unless given, where the connection string names several hosts: the one that takes writes is found again soon.</summary>
    private static readonly (string Keyword, string Value)[] SeveralHosts = [("Target Session Attributes", "read-write"), ("Host Recheck Seconds", "1")];

    private readonly NpgsqlDataSource source;

    private readonly string connectionString;

    public PostgresDatabase(string connectionString)
    {
        this.connectionString = WithDefaults(connectionString);
        source = new NpgsqlDataSourceBuilder(this.connectionString).Build();
    }

    /// <summary>What contradicts itself in a connection string that can be read, for the operator; null where nothing does. Connects to nothing.</summary>
    public static string? Fault(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(WithDefaults(connectionString));
        if (settings.Port is < 1 or > ushort.MaxValue)
        {
            return $"there is no port {settings.Port}.";
        }

        try
        {
            using var source = new NpgsqlDataSourceBuilder(settings.ToString()).Build();
            return null;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return fault.Message;
        }
    }

    public ISqlDialect Dialect { get; } = new PostgresDialect();

    /// <summary>Not opened yet: whoever runs a statement opens it for that statement, and so blocks no thread.</summary>
    public DbConnection RentReader() => source.CreateConnection();

    public void ReturnReader(DbConnection connection) => connection.Dispose();

    /// <summary>Sessions that are broken are not given out again anyway.</summary>
    public void Renew(DbException fault)
    {
    }

    /// <summary>Changes of all organizations are made beside one another.</summary>
    public async Task<T> WriteAsync<T>(string? organizationId, Func<DbConnection, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(connection);
        await CommitAsync(connection, transaction);
        return result;
    }

    public bool IsReachable()
    {
        try
        {
            using var connection = source.OpenConnection();
            using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from schema_migrations";
            command.ExecuteScalar();
            return true;
        }
        catch (Exception fault) when (fault is DbException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A transaction that changes rows waits for the disk and for the standbys, even where the rows are gone at its end.</summary>
    public Task TryChangeAsync() => this.WriteAsync(
        async connection =>
        {
            await connection.ExecuteAsync("insert into schema_migrations (version, name, checksum, applied_at) values (0, 'attempt', '', '')");
            return await connection.ExecuteAsync("delete from schema_migrations where version = 0");
        },
        CancellationToken.None);

    public void Migrate(TimeProvider clock)
    {
        try
        {
            // Without the limit for an answer: an index over many rows takes its time, and so does another server that migrates.
            using var patient = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ToString()).Build();
            using var connection = patient.OpenConnection();
            RequireUnicode(connection);
            // Servers that start together wait for each other: an advisory lock of this program's own.
            Migrator.Migrate(connection, "Postgres", "begin; set local statement_timeout = 0; set local lock_timeout = 0; select pg_advisory_xact_lock(7643764420260401)", clock);
        }
        catch (Exception fault) when (fault is DbException or TimeoutException)
        {
            throw new StorageException($"The database cannot be used: {fault.Message}", fault);
        }
    }

    public MigrationStatus ReadMigrations()
    {
        try
        {
            using var connection = source.OpenConnection();
            using var command = connection.CreateCommand();
            command.CommandText = "select to_regclass('schema_migrations') is not null";
            return Migrator.Read("Postgres", (bool)command.ExecuteScalar()! ? connection : null);
        }
        catch (Exception fault) when (fault is DbException or TimeoutException)
        {
            throw new StorageException($"The database cannot be read: {fault.Message}", fault);
        }
    }

    public Task<long> BackupAsync(string file, Action<double> progress, CancellationToken cancellationToken) => throw new StorageException(
        "'backup' copies a SQLite file. PostgreSQL has its own tool for it, which may run beside ScimSlice: pg_dump --format=custom --file=FILE DATABASE");

    /// <summary>An export reads as long as it takes; at the session's limits it would end, and so it would while whoever takes it makes a pause.</summary>
    public async Task<IAsyncDisposable> BeginSnapshotAsync(DbConnection reader, CancellationToken cancellationToken)
    {
        // After a fault it may be open or broken still.
        await reader.CloseAsync();
        await reader.OpenAsync(cancellationToken);
        var snapshot = await reader.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = reader.CreateCommand();
        command.CommandText = "set transaction read only; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0";
        await command.ExecuteNonQueryAsync(cancellationToken);
        return snapshot;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>
    /// Commits, or says that nobody knows: where the connection ends in the commit, it may have happened or not. The same where the
    /// server warns, since a commit that no longer waits for its standby is answered as done, with a warning.
    /// </summary>
    private static async Task CommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        PostgresNotice? warning = null;
        void Listen(object sender, NpgsqlNoticeEventArgs notice) => warning = notice.Notice.InvariantSeverity == "WARNING" ? notice.Notice : warning;
        connection.Notice += Listen;
        try
        {
            using var timeout = new CancellationTokenSource(CommitTimeout);
            await transaction.CommitAsync(timeout.Token);
        }
        catch (Exception fault) when (fault is not PostgresException { InvariantSeverity: "ERROR" })
        {
            throw new CommitUnknownException(fault.Message, fault);
        }
        finally
        {
            connection.Notice -= Listen;
        }

        if (warning is not null)
        {
            throw new CommitUnknownException(warning.MessageText);
        }
    }

    /// <summary>Names in any script are kept as sent, which only a UTF-8 database can.</summary>
    private static void RequireUnicode(NpgsqlConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "show server_encoding";
        if (command.ExecuteScalar() is not "UTF8")
        {
            throw new StorageException("The database must have the encoding UTF8: create database scimslice encoding 'UTF8' template template0");
        }
    }

    private static string WithDefaults(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        foreach (var (keyword, value) in given.Host?.Contains(',', StringComparison.Ordinal) == true ? [.. Defaults, .. SeveralHosts] : Defaults)
        {
            // ContainsKey would say whether the keyword is known, not whether it is given.
            if (!given.ShouldSerialize(keyword))
            {
                given[keyword] = value;
            }
        }

        return given.ToString();
    }
}
