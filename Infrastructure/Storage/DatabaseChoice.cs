using Microsoft.Data.Sqlite;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Which engine keeps the data, and where: the settings <c>Database:Provider</c> and <c>Database:ConnectionString</c>.</summary>
public sealed record DatabaseChoice(string Provider, string ConnectionString)
{
    /// <summary>What is taken where nothing is configured: a file below the folder of the start.</summary>
    public static DatabaseChoice Default { get; } = new("Sqlite", "Data Source=data/scimslice.db");

    /// <summary>What is wrong with the settings, for the operator; null where nothing is.</summary>
    public string? Fault()
    {
        if (!Provider.Equals(Default.Provider, StringComparison.OrdinalIgnoreCase))
        {
            return $"ScimSlice:Database:Provider is '{Provider}'; this version knows {Default.Provider}.";
        }

        try
        {
            var source = new SqliteConnectionStringBuilder(ConnectionString).DataSource;
            return source.Length == 0 || source.Contains(":memory:", StringComparison.Ordinal)
                ? $"ScimSlice:Database:ConnectionString must name a file, such as {Default.ConnectionString}."
                : null;
        }
        catch (ArgumentException fault)
        {
            return $"ScimSlice:Database:ConnectionString cannot be read: {fault.Message}";
        }
    }
}
