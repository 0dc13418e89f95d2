using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Paths;

/// <summary>Parses patch paths: <c>attribute</c> or <c>attribute[filter]</c> with an optional sub-attribute. RFC 7644 §3.5.2, Figure 7.</summary>
public static class PatchPathParser
{
    /// <summary>The path in <paramref name="text"/>. Throws 400 invalidPath, or 400 invalidFilter for the filter inside.</summary>
    public static PatchPath Parse(string text, ResourceType type, QuirkUse quirks, ScimLimits? limits = null)
    {
        limits ??= ScimLimits.Default;
        if (text.Length > limits.MaxFilterLength)
        {
            throw ScimException.InvalidPath($"The path is longer than {limits.MaxFilterLength} characters.");
        }

        var open = text.IndexOf('[');
        if (open < 0)
        {
            return new PatchPath(AttributePathParser.Parse(text, type) ?? throw Malformed(text));
        }

        var attribute = AttributePathParser.Parse(text.AsSpan(0, open), type);
        var close = ClosingBracket(text, open);
        if (attribute?.Name is null || attribute.SubAttribute is not null || close < 0)
        {
            throw Malformed(text);
        }

        var rest = text.AsSpan(close + 1);
        if (!rest.IsEmpty && (rest[0] != '.' || !AttributePathParser.IsName(rest[1..])))
        {
            throw Malformed(text);
        }

        var filter = FilterParser.ParseInner(text[(open + 1)..close], type, quirks, limits);
        return new PatchPath(attribute, filter, rest.IsEmpty ? null : rest[1..].ToString());
    }

    /// <summary>The bracket that ends the filter, passing over JSON strings; negative where there is none.</summary>
    private static int ClosingBracket(string text, int open)
    {
        var quoted = false;
        for (var index = open + 1; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '"':
                    quoted = !quoted;
                    break;
                case '\\' when quoted:
                    index++;
                    break;
                case ']' when !quoted:
                    return index;
            }
        }

        return -1;
    }

    private static ScimException Malformed(string text) => ScimException.InvalidPath(
        $"The path '{Excerpt.Of(text)}' is not of the form attribute, attribute.subAttribute, attribute[filter] or attribute[filter].subAttribute.");
}
