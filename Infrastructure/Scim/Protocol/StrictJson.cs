using System.Text;
using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// Reads a request body as JSON and refuses what is ambiguous or cannot be stored: invalid UTF-8, lone surrogates, U+0000,
/// repeated names, comments, trailing commas, and more depth or tokens than a message of this protocol needs.
/// </summary>
public static class StrictJson
{
    /// <summary>Objects and arrays inside one another. A SCIM message needs 7 (Bulk, operation, data, patch operation, value, element, extension).</summary>
    public const int MaxDepth = 32;

    /// <summary>Names, values and brackets in one body. It bounds the work that one byte of a body can cause.</summary>
    public const int MaxTokens = 400_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The value in <paramref name="utf8"/>. Throws a 400 invalidSyntax that says what is wrong and where.</summary>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw ScimException.InvalidSyntax("The request has no body. Send a JSON object.");
        }

        try
        {
            Check(utf8.Span);
            using var document = JsonDocument.Parse(utf8, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            throw ScimException.InvalidSyntax(Describe(fault));
        }
    }

    private static void Check(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw ScimException.InvalidSyntax("The body is not valid UTF-8.");
        }

        // Without an escape no string can hold what must be looked for, and a body has no more tokens than bytes.
        if (utf8.Length <= MaxTokens && !utf8.Contains((byte)'\\'))
        {
            return;
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        var tokens = 0;
        while (reader.Read())
        {
            if (++tokens > MaxTokens)
            {
                throw ScimException.InvalidSyntax($"The body has more than {MaxTokens} JSON tokens.");
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

    private static string Describe(JsonException fault)
    {
        var place = fault.LineNumber is { } line ? $" at line {line + 1}, byte {fault.BytePositionInLine + 1}" : "";
        if (fault.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            return $"The body is nested more than {MaxDepth} levels deep.";
        }

        return fault.Message.Contains("Duplicate", StringComparison.OrdinalIgnoreCase)
            ? "The body repeats a name within one object."
            : $"The body is not valid JSON{place}.";
    }
}
