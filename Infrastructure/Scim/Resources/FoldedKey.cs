using System.Globalization;
using System.Text;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// The form in which strings without case are compared, ordered and indexed: canonical composition (NFC) and Unicode lower
/// case, independent of any culture. RFC 7643 §2.2 (caseExact). Keys compare by their UTF-8 bytes, which is code point order.
/// </summary>
public static class FoldedKey
{
    /// <summary>Combining marks on one character that no writing exceeds (UAX #15 §13).</summary>
    private const int MaxMarks = 30;

    /// <summary>
    /// Throws where the platform cannot compose characters: without ICU, or in the runtime's invariant mode, normalizing silently
    /// does nothing, and two spellings of one name would be two names.
    /// </summary>
    public static void RequireUnicode()
    {
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00e9")
        {
            throw new PlatformNotSupportedException(
                "This machine has no Unicode data (ICU), or DOTNET_SYSTEM_GLOBALIZATION_INVARIANT is set; install libicu and set that variable to false.");
        }
    }

    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        // Half a surrogate pair is no character and cannot be normalized; it folds to U+FFFD, as in UTF-8.
        // Neither is U+FFFE, which the platform refuses to normalize.
        var key = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\uFFFE', '\uFFFD');
        key = StreamSafe(key);

        // Lower case can decompose (İ) and composition can meet a new capital, so the two alternate until nothing changes.
        for (var pass = 0; pass < 4; pass++)
        {
            var next = Lower(key.Normalize(NormalizationForm.FormC)).Normalize(NormalizationForm.FormC);
            if (next == key)
            {
                break;
            }

            key = next;
        }

        return key;
    }

    /// <summary>Orders two keys by code point, as both database engines do over their UTF-8 bytes.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var index = 0; index < length; index++)
        {
            var (a, b) = (left[index], right[index]);
            if (a == b)
            {
                continue;
            }

            // Surrogates stand for code points above all others, but their code units sort before U+E000..U+FFFF.
            var (highA, highB) = (char.IsSurrogate(a), char.IsSurrogate(b));
            return highA == highB ? a.CompareTo(b) : highA ? 1 : -1;
        }

        return left.Length.CompareTo(right.Length);
    }

    /// <summary>
    /// Parts long runs of combining marks by U+034F, as the Stream-Safe Text Process does (UAX #15 §13): ordering a run costs the
    /// square of its length.
    /// </summary>
    private static string StreamSafe(string text)
    {
        StringBuilder? builder = null;
        var run = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var mark = text[index] != '\u034F' && CharUnicodeInfo.GetUnicodeCategory(text, index) is UnicodeCategory.NonSpacingMark;
            run = mark ? run + 1 : char.IsLowSurrogate(text[index]) ? run : 0;
            if (run > MaxMarks)
            {
                builder ??= new StringBuilder(text, 0, index, text.Length * 2);
                builder.Append('\u034F');
                run = 1;
            }

            builder?.Append(text[index]);
        }

        return builder?.ToString() ?? text;
    }

    private static string Lower(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // ToLowerInvariant maps one to one; the sharp s and the final sigma take the form that their capitals fold to.
            builder.Append(rune.Value switch
            {
                0x1E9E => "ß",
                0x03C2 => "σ",
                0x0130 => "i\u0307",
                _ => Rune.ToLowerInvariant(rune).ToString(),
            });
        }

        return builder.ToString();
    }
}
