using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>Splits a filter into tokens. Strings are JSON strings with JSON's escapes. RFC 7644 §3.4.2.2.</summary>
internal static class FilterLexer
{
    public static List<FilterToken> Read(string text)
    {
        var tokens = new List<FilterToken>();
        var position = 0;
        while (true)
        {
            var start = position;
            while (position < text.Length && text[position] is ' ' or '\t')
            {
                position++;
            }

            var space = position > start;
            if (position == text.Length)
            {
                tokens.Add(new FilterToken(FilterTokenKind.End, "", position, space));
                return tokens;
            }

            var kind = text[position] switch
            {
                '(' => FilterTokenKind.OpenParenthesis,
                ')' => FilterTokenKind.CloseParenthesis,
                '[' => FilterTokenKind.OpenBracket,
                ']' => FilterTokenKind.CloseBracket,
                '"' => FilterTokenKind.String,
                _ => FilterTokenKind.Word,
            };
            var end = kind switch
            {
                FilterTokenKind.String => EndOfString(text, position),
                FilterTokenKind.Word => EndOfWord(text, position),
                _ => position + 1,
            };
            var content = kind == FilterTokenKind.String ? Unescape(text, position, end) : text[position..end];
            tokens.Add(new FilterToken(kind, content, position, space));
            position = end;
        }
    }

    private static int EndOfWord(string text, int start)
    {
        var end = start;
        while (end < text.Length && text[end] is not (' ' or '\t' or '(' or ')' or '[' or ']' or '"'))
        {
            end++;
        }

        return end;
    }

    private static int EndOfString(string text, int start)
    {
        for (var index = start + 1; index < text.Length; index++)
        {
            if (text[index] == '\\')
            {
                index++;
            }
            else if (text[index] == '"')
            {
                return index + 1;
            }
        }

        throw ScimException.InvalidFilter($"The string at character {start + 1} has no closing quote.");
    }

    private static string Unescape(string text, int start, int end)
    {
        var inner = text.AsSpan(start + 1, end - start - 2);
        if (inner.IndexOf('\\') < 0 && !HasControl(inner) && IsWhole(inner))
        {
            return inner.ToString();
        }

        try
        {
            var utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text, start, end - start);
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            var value = reader.GetString()!;
            return value.Contains('\0') ? throw ScimException.InvalidFilter("A value holds the character U+0000, which no attribute has.") : value;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or EncoderFallbackException)
        {
            throw ScimException.InvalidFilter($"The string at character {start + 1} is not a valid JSON string.");
        }
    }

    private static bool HasControl(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\0', '\u001f') >= 0;

    private static bool IsWhole(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\ud800', '\udfff') < 0;
}
