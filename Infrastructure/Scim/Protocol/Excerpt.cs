namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>The start of a client's text for an error detail, so that a detail stays short and on one line.</summary>
public static class Excerpt
{
    private const int MaxLength = 80;

    public static string Of(string text)
    {
        var shown = text.Length <= MaxLength ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)}…";
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var index = 0; index < span.Length; index++)
            {
                span[index] = char.IsControl(source[index]) ? ' ' : source[index];
            }
        });
    }
}
