namespace ScimSlice.Infrastructure.Scim.Filters;

internal enum FilterTokenKind
{
    Word,
    String,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    End,
}
