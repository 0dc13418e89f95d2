namespace ScimSlice.Infrastructure.Organizations;

/// <summary>What a token may do. Write includes read.</summary>
public enum TokenScope
{
    Read,
    Write,
}
