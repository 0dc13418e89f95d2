using System.Data.Common;
using Npgsql;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Faults;

/// <summary>A PostgreSQL database. The server checks itself: a page that it cannot read is an error of the statement.</summary>
internal sealed class PostgresFaultStore(string connectionString) : IFaultStore
{
    public string SearchText => "cast(search as text)";

    public void Configure(ScimProgram program)
    {
        program["ScimSlice__Database__Provider"] = "Postgres";
        program["ScimSlice__Database__ConnectionString"] = connectionString;
    }

    public DbConnection Open()
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        connection.Open();
        return connection;
    }

    public IEnumerable<string> EngineFaults(DbConnection connection) => [];
}
