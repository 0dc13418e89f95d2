using System.Globalization;

namespace ScimSlice.Infrastructure.Configuration;

/// <summary>Lengths of time as operators write them: <c>365d</c>, <c>12h</c>, <c>30m</c>, <c>90s</c>.</summary>
public static class Lifetime
{
    public const string Examples = "365d, 12h, 30m or 90s";

    private const int Max = 36500;

    public static bool TryParse(string text, out TimeSpan lifetime)
    {
        lifetime = default;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount is < 1 or > Max)
        {
            return false;
        }

        TimeSpan? parsed = text[^1] switch
        {
            'd' => TimeSpan.FromDays(amount),
            'h' => TimeSpan.FromHours(amount),
            'm' => TimeSpan.FromMinutes(amount),
            's' => TimeSpan.FromSeconds(amount),
            _ => null,
        };
        lifetime = parsed ?? default;
        return parsed is not null;
    }
}
