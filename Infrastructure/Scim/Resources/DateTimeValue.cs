using System.Globalization;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// Dates with times as RFC 7643 §2.3.5 writes them (xsd:dateTime): <c>2026-11-23T10:00:00.000Z</c>. Without a zone they are
/// taken as UTC. Their keys are of one width, so that they order by their characters.
/// </summary>
public static class DateTimeValue
{
    private const int FractionStart = 20;
    private const int FractionDigits = 7;

    private static readonly string[] Shapes = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        return !HasEmptyFraction(text) && DateTimeOffset.TryParseExact(
            WithoutExcess(text),
            Shapes,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out instant);
    }

    /// <summary>A point is followed by digits, which the format F does not ask for.</summary>
    private static bool HasEmptyFraction(string text) =>
        text.Length >= FractionStart && text[FractionStart - 1] == '.' && (text.Length == FractionStart || !char.IsAsciiDigit(text[FractionStart]));

    /// <summary>xsd:dateTime sets no end to the fraction (Go writes nine digits); what is finer than 100 nanoseconds is cut off.</summary>
    private static string WithoutExcess(string text)
    {
        var end = FractionStart;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end > FractionStart + FractionDigits && text[FractionStart - 1] == '.'
            ? text.Remove(FractionStart + FractionDigits, end - FractionStart - FractionDigits)
            : text;
    }

    /// <summary>The form that <c>meta</c> shows and rows store: UTC, to the millisecond.</summary>
    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The form in which instants are compared: UTC, to 100 nanoseconds, of one width.</summary>
    public static string Key(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
