namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>One token of a filter: its kind, its text (unescaped for strings), where it starts, and whether space stands before it.</summary>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Position, bool SpaceBefore)
{
    public bool IsWord(string word) => Kind == FilterTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
