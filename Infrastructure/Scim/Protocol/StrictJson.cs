using System.Text;
using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// Reads a request body as JSON and refuses what is ambiguous or cannot be stored: invalid UTF-8, lone surrogates, U+0000,
/// repeated names, comments, trailing commas, and more depth or tokens than a message of this protocol needs.
/// </summary>
public static class StrictJson
{
    /// <summary>Bytes below which nobody need know how many tokens they hold.</summary>
    private const int FewBytes = 4096;

    /// <summary>The value in <paramref name="utf8"/>, with a copy of it. Throws a 400 invalidSyntax that says what is wrong and where.</summary>
    /// <param name="counted">Told the number of tokens, where they are many, before they take memory.</param>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8, ScimLimits? limits = null, Action<int>? counted = null)
    {
        limits ??= ScimLimits.Default;
        if (utf8.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw ScimException.InvalidSyntax("The request has no body. Send a JSON object.");
        }

        try
        {
            var tokens = Check(utf8, limits);
            counted?.Invoke(tokens);
            return JsonElement.Parse(utf8, new JsonDocumentOptions { MaxDepth = limits.MaxJsonDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException fault)
        {
            throw ScimException.InvalidSyntax(Describe(fault, limits));
        }
    }

    /// <summary>The number of tokens; 0 where they are few and were not counted.</summary>
    private static int Check(ReadOnlySpan<byte> utf8, ScimLimits limits)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw ScimException.InvalidSyntax("The body is not valid UTF-8.");
        }

        // Without an escape no string can hold what must be looked for, and a body has no more tokens than bytes.
        if (utf8.Length <= Math.Min(FewBytes, limits.MaxJsonTokens) && !utf8.Contains((byte)'\\'))
        {
            return 0;
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth });
        var tokens = 0;
        while (reader.Read())
        {
            if (++tokens > limits.MaxJsonTokens)
            {
                throw ScimException.InvalidSyntax($"The body has more than {limits.MaxJsonTokens} JSON tokens.");
            }

            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                CheckEscapes(reader);
            }
        }

        return tokens;
    }

    private static void CheckEscapes(in Utf8JsonReader reader)
    {
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ScimException.InvalidSyntax($"The string at byte {reader.TokenStartIndex} holds half of a surrogate pair.");
        }

        if (text.Contains('\0'))
        {
            throw ScimException.InvalidSyntax($"The string at byte {reader.TokenStartIndex} holds the character U+0000, which cannot be stored.");
        }
    }

    private static string Describe(JsonException fault, ScimLimits limits)
    {
        var place = fault.LineNumber is { } line ? $" at line {line + 1}, byte {fault.BytePositionInLine + 1}" : "";
        if (fault.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            return $"The body is nested more than {limits.MaxJsonDepth} levels deep.";
        }

        return fault.Message.Contains("Duplicate", StringComparison.OrdinalIgnoreCase)
            ? "The body repeats a name within one object."
            : $"The body is not valid JSON{place}.";
    }
}
