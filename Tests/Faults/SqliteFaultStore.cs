using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Faults;

/// <summary>A SQLite file.</summary>
internal sealed class SqliteFaultStore(string file) : IFaultStore
{
    public string SearchText => "json(search)";

    public void Configure(ScimProgram program)
    {
        program["ScimSlice__Database__Provider"] = "Sqlite";
        program["ScimSlice__Database__ConnectionString"] = $"Data Source={file}";
    }

    public DbConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    public IEnumerable<string> EngineFaults(DbConnection connection) =>
    [
        .. connection.Query<string>("pragma integrity_check").Where(line => line != "ok"),
        .. connection.Query("pragma foreign_key_check").Select(row => $"broken reference: {row}"),
    ];
}
