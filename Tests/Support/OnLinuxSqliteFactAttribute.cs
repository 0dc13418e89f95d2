using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>A test on SQLite that uses what only Linux has; skipped, visibly, elsewhere.</summary>
public sealed class OnLinuxSqliteFactAttribute : FactAttribute
{
    public OnLinuxSqliteFactAttribute() => Skip = TestDatabase.IsPostgres ? "Holds for SQLite only."
        : OperatingSystem.IsLinux() ? null
        : "Needs Linux.";
}
