using System.Text;
using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// Reads a request body as JSON and refuses what is ambiguous or cannot be stored: invalid UTF-8, lone surrogates, U+0000,
/// repeated names, comments, trailing commas, and more depth or tokens than a message of this protocol needs.
/// </summary>
public static class StrictJson
{
    /// <summary>The value in <paramref name="utf8"/>. Throws a 400 invalidSyntax that says what is wrong and where.</summary>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8, ScimLimits? limits = null)
    {
        limits ??= ScimLimits.Default;
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw ScimException.InvalidSyntax("The request has no body. Send a JSON object.");
        }

        try
        {
            Check(utf8.Span, limits);
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = limits.MaxJsonDepth, AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            throw ScimException.InvalidSyntax(Describe(fault, limits));
        }
    }

    private static void Check(ReadOnlySpan<byte> utf8, ScimLimits limits)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw ScimException.InvalidSyntax("The body is not valid UTF-8.");
        }

        // Without an escape no string can hold what must be looked for, and a body has no more tokens than bytes.
        if (utf8.Length <= limits.MaxJsonTokens && !utf8.Contains((byte)'\\'))
        {
            return;
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
