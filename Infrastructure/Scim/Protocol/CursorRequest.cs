using System.Security.Cryptography;
using System.Text;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>That a client pages by cursor: the cursor it sent, and what it has to repeat unchanged with each. RFC 9865 §2.1.</summary>
/// <param name="Text">What was sent; empty for the first page.</param>
/// <param name="Query">A digest of everything that was asked beside the cursor and the count.</param>
public sealed record CursorRequest(string Text, byte[] Query)
{
    private const int DigestLength = 16;

    public bool IsFirst => Text.Length == 0;

    /// <summary>The request for a page of what these parts ask for. Each part is told from its neighbours by its length.</summary>
    public static CursorRequest Of(string text, params ReadOnlySpan<string?> parts)
    {
        var query = new StringBuilder();
        foreach (var part in parts)
        {
            query.Append(part is null ? "-" : part.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)).Append(':').Append(part);
        }

        return new CursorRequest(text, SHA256.HashData(Encoding.UTF8.GetBytes(query.ToString()))[..DigestLength]);
    }
}
