using System.Globalization;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>
/// The text in which a value is compared and ordered, whatever its type: folded strings, instants and numbers of one width,
/// the words true and false. Stored beside the document, so that both database engines and the in-memory match compare the
/// same characters in the same order (code points).
/// </summary>
public static class ComparisonKey
{
    private const int WholeDigits = 29;
    private const int FractionDigits = 28;

    /// <summary>The key of a simple value of <paramref name="attribute"/>.</summary>
    public static string Of(AttributeDefinition attribute, AttributeValue value) => value switch
    {
        AttributeValue.Boolean boolean => Of(boolean.Value),
        AttributeValue.Number number => Of(number.Value),
        AttributeValue.Text text when attribute.Type == AttributeType.DateTime =>
            DateTimeValue.TryParse(text.Value, out var instant) ? DateTimeValue.Key(instant) : text.Value,
        AttributeValue.Text text => attribute.Fold(text.Value),
        _ => throw new ArgumentException("A complex value has no key.", nameof(value)),
    };

    public static string Of(bool value) => value ? "true" : "false";

    /// <summary>A number as a sign and 29.28 digits; those of a negative number are complemented, so that less sorts lower.</summary>
    public static string Of(decimal value)
    {
        var whole = decimal.Truncate(Math.Abs(value));
        var fraction = Math.Abs(value) - whole;
        var digits = string.Concat(
            whole.ToString("F0", CultureInfo.InvariantCulture).PadLeft(WholeDigits, '0'),
            fraction.ToString("F28", CultureInfo.InvariantCulture).AsSpan(2, FractionDigits));
        return value >= 0
            ? string.Concat("1", digits)
            : string.Create(digits.Length + 1, digits, static (span, source) =>
            {
                span[0] = '0';
                for (var index = 0; index < source.Length; index++)
                {
                    span[index + 1] = (char)('9' - source[index] + '0');
                }
            });
    }
}
