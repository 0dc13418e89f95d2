using ScimSlice.Infrastructure.Scim.Filters;

namespace ScimSlice.Tests.Scim.Filters;

/// <summary>Writes a filter with a pair of parentheses around each operator, so that a table shows its tree.</summary>
internal static class FilterTree
{
    public static string Of(Filter filter) => filter switch
    {
        Filter.And and => $"({Of(and.Left)} and {Of(and.Right)})",
        Filter.Or or => $"({Of(or.Left)} or {Of(or.Right)})",
        Filter.Not not => $"not {Grouped(not.Inner)}",
        Filter.ValuePath valuePath => $"{valuePath.Path}[{Of(valuePath.Inner)}]",
        _ => filter.ToString()!,
    };

    private static string Grouped(Filter filter) => filter is Filter.And or Filter.Or ? Of(filter) : $"({Of(filter)})";
}
