using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>A test of what only the PostgreSQL engine has; skipped, visibly, where no server is named.</summary>
public sealed class OnPostgresFactAttribute : FactAttribute
{
    public OnPostgresFactAttribute() => Skip = TestDatabase.IsPostgres
        ? null
        : "SCIMSLICE_TEST_POSTGRES is not set: name a PostgreSQL server that may create databases, and every test runs on it.";
}
