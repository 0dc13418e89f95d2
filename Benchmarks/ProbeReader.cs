using Microsoft.Data.Sqlite;

namespace ScimSlice.Benchmarks;

/// <summary>A connection of the probe with its statements, prepared once.</summary>
internal sealed class ProbeReader
{
    private readonly SqliteConnection connection;

    public ProbeReader(string file, string organizationId)
    {
        connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        ById = Prepare("select document from users where organization_id = @o and id = @k", organizationId);
        ByName = Prepare("select document from users where organization_id = @o and user_name_key = @k", organizationId);
        ByAddress = Prepare(
            """
            select u.document from user_lookups l join users u on u.organization_id = l.organization_id and u.id = l.id
            where l.organization_id = @o and l.attribute = 'emails.value' and l.value_key = @k
            """,
            organizationId);
        List = Prepare("select document from users where organization_id = @o order by id limit 100", organizationId);
        Count = Prepare("select total from resource_counts where organization_id = @o and resource_type = 'User'", organizationId);
    }

    public SqliteCommand ById { get; }

    public SqliteCommand ByName { get; }

    public SqliteCommand ByAddress { get; }

    public SqliteCommand List { get; }

    public SqliteCommand Count { get; }

    private SqliteCommand Prepare(string sql, string organizationId)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        if (sql.Contains("@k", StringComparison.Ordinal))
        {
            command.Parameters.AddWithValue("@k", "");
        }

        command.Parameters.AddWithValue("@o", organizationId);
        command.Prepare();
        return command;
    }
}
