namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>
/// What a filter or a patch path may cost before it is refused. They protect the process (a stack overflow ends it) and the
/// database (each term is a condition).
/// </summary>
public static class FilterLimits
{
    /// <summary>Characters of a filter or a path.</summary>
    public const int MaxLength = 8192;

    /// <summary>Parentheses, brackets and <c>not</c> inside one another.</summary>
    public const int MaxDepth = 50;

    /// <summary>Comparisons and presence tests in one filter.</summary>
    public const int MaxTerms = 200;
}
