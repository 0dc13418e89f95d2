using System.Data.Common;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ScimSlice.Tests.Support;

/// <summary>
/// An empty database of its own, on the engine that the tests run on: SQLite, or PostgreSQL where
/// <c>SCIMSLICE_TEST_POSTGRES</c> is the connection string of a server that may create databases.
/// </summary>
public sealed class TestDatabase(string sqliteFile) : IAsyncDisposable
{
    private static readonly string? Server = Environment.GetEnvironmentVariable("SCIMSLICE_TEST_POSTGRES");

    private readonly Lazy<string> postgresName = new(CreatePostgres);

    public static bool IsPostgres => !string.IsNullOrEmpty(Server);

    public static string Provider => IsPostgres ? "Postgres" : "Sqlite";

    /// <summary>The statement that lets other writers wait and readers go on, until the transaction that it begins ends.</summary>
    public static string LockWrites => IsPostgres ? "begin; lock table users in share mode" : "begin immediate";

    public string ConnectionString => IsPostgres
        ? new NpgsqlConnectionStringBuilder(Server) { Database = postgresName.Value, MaxPoolSize = 9 }.ToString()
        : $"Data Source={sqliteFile}";

    /// <summary>A connection beside the server's own, as an operator's tool would have.</summary>
    public DbConnection Open()
    {
        DbConnection connection = IsPostgres
            ? new NpgsqlConnection(ConnectionString + ";Pooling=false")
            : new SqliteConnection(ConnectionString + ";Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>All that is stored, as one text: the bytes of the files, or the rows of all tables.</summary>
    public string Read()
    {
        if (!IsPostgres)
        {
            return string.Concat(Directory.GetFiles(Path.GetDirectoryName(sqliteFile)!).Select(ReadFile));
        }

        using var connection = Open();
        var tables = connection.Query<string>("select tablename from pg_tables where schemaname = 'public'");
        return string.Concat(tables.SelectMany(table => connection.Query<string>($"select cast(r as text) from {table} r")))
            + string.Concat(connection.Query<string>("select convert_from(document, 'UTF8') from users union all select convert_from(document, 'UTF8') from deleted_users"));
    }

    public async ValueTask DisposeAsync()
    {
        if (postgresName.IsValueCreated)
        {
            await ExecuteAsync($"drop database if exists {postgresName.Value} with (force)");
        }
    }

    /// <summary>Reads what another process has open.</summary>
    private static string ReadFile(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private static string CreatePostgres()
    {
        var name = $"scimslice_test_{Guid.NewGuid():n}";
        ExecuteAsync($"create database {name} encoding 'UTF8' template template0").GetAwaiter().GetResult();
        return name;
    }

    private static async Task ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(Server + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync();
    }
}
