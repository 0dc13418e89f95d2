namespace ScimSlice.Tests.Architecture;

/// <summary>A string literal: where it begins, and its text with every hole as its expression in braces.</summary>
internal sealed record SourceLiteral(int Start, int End, string Text, IReadOnlyList<string> Holes);
