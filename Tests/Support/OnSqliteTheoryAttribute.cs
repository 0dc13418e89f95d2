using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>Cases of what only the SQLite engine has; skipped, visibly, while the tests run on PostgreSQL.</summary>
public sealed class OnSqliteTheoryAttribute : TheoryAttribute
{
    public OnSqliteTheoryAttribute() => Skip = TestDatabase.IsPostgres ? "Holds for SQLite only." : null;
}
