using Microsoft.Data.Sqlite;
using Npgsql;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Which engine keeps the data, and where: the settings <c>Database:Provider</c> and <c>Database:ConnectionString</c>.</summary>
public sealed record DatabaseChoice(string Provider, string ConnectionString)
{
    private const string Postgres = "Postgres";

    /// <summary>What is taken where nothing is configured: a file below the folder of the start.</summary>
    public static DatabaseChoice Default { get; } = new("Sqlite", "Data Source=data/scimslice.db");

    public bool IsPostgres => Provider.Equals(Postgres, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with the settings, for the operator; null where nothing is.</summary>
    public string? Fault()
    {
        if (!IsPostgres && !Provider.Equals(Default.Provider, StringComparison.OrdinalIgnoreCase))
        {
            return $"ScimSlice:Database:Provider is '{Provider}'; it must be {Default.Provider} or {Postgres}.";
        }

        try
        {
            if (IsPostgres)
            {
                var given = new NpgsqlConnectionStringBuilder(ConnectionString);
                if (given.Multiplexing)
                {
                    return "ScimSlice:Database:ConnectionString must not set Multiplexing: one slow filter would hold up what shares its connection.";
                }

                return string.IsNullOrEmpty(given.Host)
                    ? "ScimSlice:Database:ConnectionString must name a server, such as Host=db;Database=scimslice;Username=scimslice;Password=…"
                    : PostgresDatabase.Fault(ConnectionString) is { } fault ? $"ScimSlice:Database:ConnectionString cannot be used: {fault}" : null;
            }

            var source = new SqliteConnectionStringBuilder(ConnectionString).DataSource;
            return source.Length == 0 || source.Contains(":memory:", StringComparison.Ordinal)
                ? $"ScimSlice:Database:ConnectionString must name a file, such as {Default.ConnectionString}."
                : null;
        }
        catch (ArgumentException fault)
        {
            // The message of the fault may hold a part of the password.
            return IsPostgres
                ? "ScimSlice:Database:ConnectionString cannot be read: it takes Npgsql's keywords, and values with a semicolon in quotes."
                : $"ScimSlice:Database:ConnectionString cannot be read: {fault.Message}";
        }
    }
}
