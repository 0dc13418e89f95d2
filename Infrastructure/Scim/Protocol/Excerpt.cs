using System.Text;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// The start of a client's text for an error detail, so that a detail stays short and on one line. Where it begins and ends is marked with control
/// characters, of which an excerpt holds none itself: so that the log can keep the detail without it.
/// </summary>
public static class Excerpt
{
    private const int MaxLength = 80;
    private const char Begin = '\u0002';
    private const char End = '\u0003';

    /// <summary>The excerpt with its marks, for the detail of a <see cref="ScimException"/>.</summary>
    public static string Of(string text) => $"{Begin}{Plain(text)}{End}";

    /// <summary>The excerpt without marks, for what is shown and not kept.</summary>
    public static string Plain(string text)
    {
        var shown = text.Length <= MaxLength ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)}…";
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var index = 0; index < span.Length; index++)
            {
                span[index] = char.IsControl(source[index]) ? ' ' : source[index];
            }
        });
    }

    /// <summary>A detail as its reader sees it.</summary>
    public static string Shown(string detail) => detail.Contains(Begin, StringComparison.Ordinal)
        ? detail.Replace($"{Begin}", "", StringComparison.Ordinal).Replace($"{End}", "", StringComparison.Ordinal)
        : detail;

    /// <summary>A detail with … in the place of every excerpt but those that may be kept.</summary>
    public static string Redacted(string detail, Func<string, bool> isKept)
    {
        var kept = new StringBuilder(detail.Length);
        var rest = detail.AsSpan();
        for (var begin = rest.IndexOf(Begin); begin >= 0; begin = rest.IndexOf(Begin))
        {
            kept.Append(rest[..begin]);
            rest = rest[(begin + 1)..];
            var end = rest.IndexOf(End);
            var text = (end < 0 ? rest : rest[..end]).ToString();
            kept.Append(isKept(text) ? text : "…");
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return kept.Append(rest).ToString();
    }
}
