namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>One violation of a schema: where, what was expected and what came (its JSON type, never the value, which may be personal).</summary>
public sealed record Finding(string Path, string Expected, string? Got = null)
{
    public override string ToString() => Got is null ? $"{Path}: {Expected}" : $"{Path}: {Expected}, but got {Got}";
}
