namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>What a client prefers: names with or without values, apart by commas, each with parameters of its own, which say nothing here. RFC 7240 §2.</summary>
public static class PreferHeader
{
    /// <summary>Whether a preference stands there, with whatever value.</summary>
    public static bool Has(string? header, string name) => Value(header, name) is not null;

    /// <summary>The value of a preference, empty for none; null where it does not stand there. The first counts.</summary>
    public static string? Value(string? header, string name)
    {
        foreach (var preference in Split(header ?? "", ','))
        {
            var parts = Split(preference, ';').First().Split('=', 2);
            if (parts[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return parts.Length > 1 ? parts[1].Trim().Trim('"') : "";
            }
        }

        return null;
    }

    /// <summary>The parts between separators that do not stand in quotes.</summary>
    private static IEnumerable<string> Split(string text, char separator)
    {
        var (start, isQuoted) = (0, false);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\' && isQuoted)
            {
                index++;
            }
            else if (text[index] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[index] == separator && !isQuoted)
            {
                yield return text[start..index];
                start = index + 1;
            }
        }

        yield return text[start..];
    }
}
