namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>What the words of a filter can be. RFC 7644 §3.4.2.2; numbers after RFC 8259 §6.</summary>
internal static class FilterWords
{
    /// <summary>The operator that a word spells, in any case; null where it is none.</summary>
    public static ComparisonOperator? Operator(string word) => word.ToLowerInvariant() switch
    {
        "eq" => ComparisonOperator.Eq,
        "ne" => ComparisonOperator.Ne,
        "co" => ComparisonOperator.Co,
        "sw" => ComparisonOperator.Sw,
        "ew" => ComparisonOperator.Ew,
        "gt" => ComparisonOperator.Gt,
        "ge" => ComparisonOperator.Ge,
        "lt" => ComparisonOperator.Lt,
        "le" => ComparisonOperator.Le,
        _ => null,
    };

    /// <summary>JSON's number grammar: no leading plus, no leading zeros, digits on both sides of a point.</summary>
    public static bool IsJsonNumber(string text)
    {
        var index = text.StartsWith('-') ? 1 : 0;
        var whole = Digits(text, ref index);
        if (whole == 0 || (whole > 1 && text[index - whole] == '0'))
        {
            return false;
        }

        if (index < text.Length && text[index] == '.')
        {
            index++;
            if (Digits(text, ref index) == 0)
            {
                return false;
            }
        }

        if (index < text.Length && text[index] is 'e' or 'E')
        {
            index++;
            if (index < text.Length && text[index] is '+' or '-')
            {
                index++;
            }

            if (Digits(text, ref index) == 0)
            {
                return false;
            }
        }

        return index == text.Length;
    }

    private static int Digits(string text, ref int index)
    {
        var start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        return index - start;
    }

    /// <summary>Whether a word can stand for text without quotes: an identifier, a number, an address.</summary>
    public static bool IsPlain(string text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.' or '@' or '+'))
            {
                return false;
            }
        }

        return true;
    }
}
