using Xunit;

namespace ScimSlice.Tests.Support;

/// <summary>Cases of what only the PostgreSQL engine has; skipped, visibly, where no server is named.</summary>
public sealed class OnPostgresTheoryAttribute : TheoryAttribute
{
    public OnPostgresTheoryAttribute() => Skip = new OnPostgresFactAttribute().Skip;
}
