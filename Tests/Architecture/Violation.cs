namespace ScimSlice.Tests.Architecture;

/// <summary>A line of source text that breaks a rule.</summary>
internal sealed record Violation(string Path, int Line, string Says)
{
    public override string ToString() => $"{Path}:{Line}: {Says}";
}
