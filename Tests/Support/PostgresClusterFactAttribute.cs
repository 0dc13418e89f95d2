using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>A test that starts PostgreSQL servers of its own; skipped, visibly, where the programs are missing.</summary>
public sealed class PostgresClusterFactAttribute : FactAttribute
{
    public PostgresClusterFactAttribute() => Skip = TestDatabase.IsPostgres
        ? "Starts its own PostgreSQL, and so runs with the tests on SQLite."
        : PostgresCluster.Programs is null
            ? "There is no initdb: install PostgreSQL (Debian: postgresql-15), and the test starts servers of its own."
            : null;
}
