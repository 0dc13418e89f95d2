using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>The words in which RFC 7643 §7 spells types and characteristics: camelCase of the enumeration members.</summary>
public static class SchemaWords
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The member that a word spells. Throws <see cref="FormatException"/> naming the word where there is none.</summary>
    public static T Parse<T>(string word) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Of(value) == word)
            {
                return value;
            }
        }

        throw new FormatException($"'{word}' is not one of {string.Join(", ", Enum.GetValues<T>().Select(Of))}.");
    }
}
