using System.Globalization;
using System.Text;
using ScimSlice.Infrastructure.Scim.Paths;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>Writes a filter in the grammar of RFC 7644 §3.4.2.2, with the fewest parentheses that keep its tree.</summary>
public static class FilterPrinter
{
    public static string Print(Filter filter)
    {
        var builder = new StringBuilder();
        Print(builder, filter, keeps: null);
        return builder.ToString();
    }

    /// <summary>The same for logs: … stands for each value, and for paths that are not to be kept.</summary>
    /// <param name="keeps">Whether a path, whole, may be told.</param>
    public static string PrintRedacted(Filter filter, Func<string, bool> keeps)
    {
        var builder = new StringBuilder();
        Print(builder, filter, keeps);
        return builder.ToString();
    }

    /// <summary>A JSON string: quotes, backslashes and control characters escaped.</summary>
    public static string Quote(string text)
    {
        var builder = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => builder.Append("\\\""),
                '\\' => builder.Append("\\\\"),
                < ' ' => builder.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)),
                _ => builder.Append(character),
            };
        }

        return builder.Append('"').ToString();
    }

    /// <param name="above">The path before a bracket that this stands in; null for none.</param>
    private static void Print(StringBuilder builder, Filter filter, Func<string, bool>? keeps, AttributePath? above = null)
    {
        switch (filter)
        {
            case Filter.Comparison comparison:
                PrintPath(builder, comparison.Path, keeps, above);
                builder.Append(' ').Append(Word(comparison.Operator)).Append(' ')
                    .Append(keeps is null ? comparison.Value.ToString() : "…");
                break;
            case Filter.Presence presence:
                PrintPath(builder, presence.Path, keeps, above);
                builder.Append(" pr");
                break;
            case Filter.ValuePath valuePath:
                PrintPath(builder, valuePath.Path, keeps, above);
                builder.Append('[');
                Print(builder, valuePath.Inner, keeps, valuePath.Path);
                builder.Append(']');
                break;
            case Filter.Not not:
                builder.Append("not ");
                PrintGrouped(builder, not.Inner, grouped: true, keeps, above);
                break;
            case Filter.And and:
                PrintGrouped(builder, and.Left, and.Left is Filter.Or, keeps, above);
                builder.Append(" and ");
                PrintGrouped(builder, and.Right, and.Right is Filter.Or or Filter.And, keeps, above);
                break;
            case Filter.Or or:
                Print(builder, or.Left, keeps, above);
                builder.Append(" or ");
                PrintGrouped(builder, or.Right, or.Right is Filter.Or, keeps, above);
                break;
        }
    }

    private static void PrintPath(StringBuilder builder, AttributePath path, Func<string, bool>? keeps, AttributePath? above) =>
        builder.Append(keeps is null || keeps(above is null ? path.ToString() : $"{above}.{path}") ? path.ToString() : "…");

    private static void PrintGrouped(StringBuilder builder, Filter filter, bool grouped, Func<string, bool>? keeps, AttributePath? above)
    {
        if (grouped)
        {
            builder.Append('(');
            Print(builder, filter, keeps, above);
            builder.Append(')');
        }
        else
        {
            Print(builder, filter, keeps, above);
        }
    }

    private static string Word(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Eq => "eq",
        ComparisonOperator.Ne => "ne",
        ComparisonOperator.Co => "co",
        ComparisonOperator.Sw => "sw",
        ComparisonOperator.Ew => "ew",
        ComparisonOperator.Gt => "gt",
        ComparisonOperator.Ge => "ge",
        ComparisonOperator.Lt => "lt",
        _ => "le",
    };
}
