using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Paths;

/// <summary>Parses attribute notation. RFC 7644 §3.10; names after RFC 7643 §2.1, with <c>$ref</c> (EID 8924).</summary>
public static class AttributePathParser
{
    /// <summary>
    /// The path that <paramref name="text"/> writes, or null where it is none. A URN contains colons and dots, so the longest
    /// URN that <paramref name="type"/> knows is taken first; an unknown one ends at the last colon.
    /// </summary>
    public static AttributePath? Parse(ReadOnlySpan<char> text, ResourceType type)
    {
        if (!text.Contains(':'))
        {
            return ParseName(null, text);
        }

        string? known = null;
        foreach (var urn in type.SchemaUrns)
        {
            if (urn.Length > (known?.Length ?? 0) && text.StartsWith(urn, StringComparison.OrdinalIgnoreCase)
                && (text.Length == urn.Length || text[urn.Length] == ':'))
            {
                known = urn;
            }
        }

        if (known is not null)
        {
            return text.Length == known.Length ? new AttributePath(known, null, null) : ParseName(known, text[(known.Length + 1)..]);
        }

        var colon = text.LastIndexOf(':');
        return colon > "urn:".Length && text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase)
            ? ParseName(text[..colon].ToString(), text[(colon + 1)..])
            : null;
    }

    /// <summary>Whether <paramref name="text"/> is an attribute name: a letter, then letters, digits, <c>-</c>, <c>_</c>, <c>$</c>; or <c>$ref</c>.</summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return false;
        }

        if (!char.IsAsciiLetter(text[0]))
        {
            return text.Equals("$ref", StringComparison.OrdinalIgnoreCase);
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '$'))
            {
                return false;
            }
        }

        return true;
    }

    private static AttributePath? ParseName(string? schema, ReadOnlySpan<char> text)
    {
        var dot = text.IndexOf('.');
        if (dot < 0)
        {
            return IsName(text) ? new AttributePath(schema, text.ToString(), null) : null;
        }

        var name = text[..dot];
        var subAttribute = text[(dot + 1)..];
        return IsName(name) && IsName(subAttribute) ? new AttributePath(schema, name.ToString(), subAttribute.ToString()) : null;
    }
}
