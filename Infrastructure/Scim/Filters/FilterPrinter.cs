using System.Globalization;
using System.Text;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>Writes a filter in the grammar of RFC 7644 §3.4.2.2, with the fewest parentheses that keep its tree.</summary>
public static class FilterPrinter
{
    public static string Print(Filter filter)
    {
        var builder = new StringBuilder();
        Print(builder, filter);
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

    private static void Print(StringBuilder builder, Filter filter)
    {
        switch (filter)
        {
            case Filter.Comparison comparison:
                builder.Append(comparison.Path).Append(' ').Append(Word(comparison.Operator)).Append(' ').Append(comparison.Value);
                break;
            case Filter.Presence presence:
                builder.Append(presence.Path).Append(" pr");
                break;
            case Filter.ValuePath valuePath:
                builder.Append(valuePath.Path).Append('[');
                Print(builder, valuePath.Inner);
                builder.Append(']');
                break;
            case Filter.Not not:
                builder.Append("not ");
                PrintGrouped(builder, not.Inner, grouped: true);
                break;
            case Filter.And and:
                PrintGrouped(builder, and.Left, and.Left is Filter.Or);
                builder.Append(" and ");
                PrintGrouped(builder, and.Right, and.Right is Filter.Or or Filter.And);
                break;
            case Filter.Or or:
                Print(builder, or.Left);
                builder.Append(" or ");
                PrintGrouped(builder, or.Right, or.Right is Filter.Or);
                break;
        }
    }

    private static void PrintGrouped(StringBuilder builder, Filter filter, bool grouped)
    {
        if (grouped)
        {
            builder.Append('(');
            Print(builder, filter);
            builder.Append(')');
        }
        else
        {
            Print(builder, filter);
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
