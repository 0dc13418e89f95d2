using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>A test of what only the SQLite engine has; skipped, visibly, while the tests run on PostgreSQL.</summary>
public sealed class OnSqliteFactAttribute : FactAttribute
{
    public OnSqliteFactAttribute() => Skip = TestDatabase.IsPostgres ? "Holds for SQLite only." : null;
}
