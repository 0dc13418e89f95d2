using System.Globalization;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>
/// What requests are called: 32 hexadecimal digits in lower case, a version 7 UUID without hyphens. So an id says when its request was worked on first, and
/// the log looks for it there before it looks through all that is kept.
/// </summary>
internal static class RequestIds
{
    private const int Length = 32;

    /// <summary>Behind all ids.</summary>
    private const string Last = "g";

    private static readonly TimeSpan Usual = TimeSpan.FromDays(1);

    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>No request came then, whatever a text says that looks like an id.</summary>
    private static readonly DateTimeOffset Far = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Create(DateTimeOffset now) => ResourceId.Create(now).Replace("-", "", StringComparison.Ordinal);

    public static bool IsId(string text) => text.Length == Length && text.All(char.IsAsciiHexDigitLower);

    /// <summary>
    /// The ids between which a request's records are mostly found, and then all, where they may be if not there: clocks are set back, what is carried out later may come
    /// after a day, and the ids of earlier versions were random, though one in sixteen looks as if it told a time.
    /// </summary>
    public static IEnumerable<(string From, string Until)> WindowsOf(string? id) => id is null || TimeOf(id) is not { } time ? [("", Last)]
        : [(ResourceId.FirstOf(time - Slack), ResourceId.FirstOf(time + Usual)), ("", Last)];

    /// <summary>When the request came, to the millisecond; null for an id that does not say so.</summary>
    public static DateTimeOffset? TimeOf(string id) =>
        IsId(id) && id[12] == '7' && long.Parse(id.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is var time && time < Far.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
