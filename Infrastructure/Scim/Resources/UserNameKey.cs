using System.Text;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// The form in which user names are compared and kept unique: width mapping, lower case and NFC, after the
/// UsernameCaseMapped profile of PRECIS (RFC 8265 §3.3, named by RFC 7644 §5). Characters that the profile forbids but
/// identity providers send (spaces, symbols) are kept and folded as far as possible;
/// space around a name does not tell it from another.
/// </summary>
public static class UserNameKey
{
    public static string Of(string userName) => Ascii.IsValid(userName) ? userName.Trim().ToLowerInvariant() : FoldedKey.Of(MapWidth(userName)).Trim();

    private static string MapWidth(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // U+FF01..U+FFEE hold the full-width and half-width forms; their compatibility mapping is their normal width.
            builder.Append(rune.Value is 0x3000 or (>= 0xFF01 and <= 0xFFEE)
                ? rune.ToString().Normalize(NormalizationForm.FormKC)
                : rune.ToString());
        }

        return builder.ToString();
    }
}
