using System.Globalization;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>
/// Parses the filter grammar of RFC 7644 §3.4.2.2: grouping, then <c>not</c> over <c>and</c> over <c>or</c>; operators in any
/// case; <c>not (</c> with or without the space (EID 7319); no value path inside a value path (EID 4690). Anything that does
/// not parse to its end is 400 invalidFilter.
/// </summary>
public sealed class FilterParser
{
    private readonly ResourceType type;
    private readonly QuirkUse quirks;
    private readonly ScimLimits limits;
    private readonly List<FilterToken> tokens;
    private int position;
    private int depth;
    private int terms;
    private bool inside;

    private FilterParser(string text, ResourceType type, QuirkUse quirks, ScimLimits limits)
    {
        if (text.Length > limits.MaxFilterLength)
        {
            throw ScimException.InvalidFilter($"The filter is longer than {limits.MaxFilterLength} characters.");
        }

        this.type = type;
        this.quirks = quirks;
        this.limits = limits;
        tokens = FilterLexer.Read(text);
    }

    private FilterToken Current => tokens[position];

    /// <summary>The tree of a whole filter.</summary>
    public static Filter Parse(string text, ResourceType type, QuirkUse quirks, ScimLimits? limits = null) =>
        new FilterParser(text, type, quirks, limits ?? ScimLimits.Default).ParseAll();

    /// <summary>The tree of a filter that stands in the brackets of a value path, without the brackets.</summary>
    public static Filter ParseInner(string text, ResourceType type, QuirkUse quirks, ScimLimits? limits = null) =>
        new FilterParser(text, type, quirks, limits ?? ScimLimits.Default) { inside = true }.ParseAll();

    private Filter ParseAll()
    {
        if (Current.Kind == FilterTokenKind.End)
        {
            throw ScimException.InvalidFilter("The filter is empty.");
        }

        var filter = ParseOr();
        return Current.Kind == FilterTokenKind.End ? filter : throw Unexpected("the end of the filter, 'and' or 'or'");
    }

    private Filter ParseOr()
    {
        var filter = ParseAnd();
        while (TakesOperator("or"))
        {
            filter = new Filter.Or(filter, ParseAnd());
        }

        return filter;
    }

    private Filter ParseAnd()
    {
        var filter = ParseTerm();
        while (TakesOperator("and"))
        {
            filter = new Filter.And(filter, ParseTerm());
        }

        return filter;
    }

    /// <summary>Passes over a logical operator. The grammar has a space on both its sides.</summary>
    private bool TakesOperator(string word)
    {
        if (!Current.IsWord(word))
        {
            return false;
        }

        var next = tokens[position + 1];
        if (!(Current.SpaceBefore && (next.SpaceBefore || next.Kind == FilterTokenKind.End)) && !quirks.Allows(Quirk.MissingSpace))
        {
            throw Unexpected($"'{word}' between spaces");
        }

        position++;
        return true;
    }

    private Filter ParseTerm()
    {
        if (Current.Kind == FilterTokenKind.OpenParenthesis)
        {
            return ParseGroup();
        }

        if (Current.IsWord("not") && tokens[position + 1].Kind == FilterTokenKind.OpenParenthesis)
        {
            position++;
            return new Filter.Not(ParseGroup());
        }

        if (++terms > limits.MaxFilterTerms)
        {
            throw ScimException.InvalidFilter($"The filter has more than {limits.MaxFilterTerms} terms.");
        }

        return ParseExpression();
    }

    private Filter ParseGroup()
    {
        Enter();
        position++;
        var filter = ParseOr();
        Expect(FilterTokenKind.CloseParenthesis, "')'");
        depth--;
        return filter;
    }

    private Filter ParseExpression()
    {
        if (Current.Kind != FilterTokenKind.Word)
        {
            throw Unexpected("an attribute");
        }

        var path = AttributePathParser.Parse(Current.Text, type) ?? throw Unexpected("an attribute");
        position++;
        return Current is { Kind: FilterTokenKind.OpenBracket, SpaceBefore: false } ? ParseValuePath(path) : ParseOperator(path);
    }

    private Filter ParseValuePath(AttributePath path)
    {
        if (inside)
        {
            throw ScimException.InvalidFilter("A value path may not stand inside another value path.");
        }

        Enter();
        position++;
        inside = true;
        var inner = ParseOr();
        inside = false;
        Expect(FilterTokenKind.CloseBracket, "']'");
        depth--;
        if (Current is { Kind: FilterTokenKind.Word, SpaceBefore: false } behind && behind.Text.StartsWith('.')
            && AttributePathParser.IsName(behind.Text.AsSpan(1)) && quirks.Allows(Quirk.ComparisonBehindValuePath))
        {
            position++;
            inner = new Filter.And(inner, ParseOperator(new AttributePath(behind.Text[1..])));
        }

        return new Filter.ValuePath(path, inner);
    }

    private Filter ParseOperator(AttributePath path)
    {
        if (Current.Kind != FilterTokenKind.Word)
        {
            throw Unexpected("an operator");
        }

        if (Current.IsWord("pr"))
        {
            position++;
            return new Filter.Presence(path);
        }

        var comparison = Current.Text.Length == 2 ? FilterWords.Operator(Current.Text) : null;
        if (comparison is null)
        {
            throw Unexpected("one of the operators eq, ne, co, sw, ew, pr, gt, ge, lt, le");
        }

        position++;
        return new Filter.Comparison(path, comparison.Value, ParseLiteral());
    }

    private FilterLiteral ParseLiteral()
    {
        var token = Current;
        if (token.Kind is not (FilterTokenKind.String or FilterTokenKind.Word)
            || (!token.SpaceBefore && !quirks.Allows(Quirk.MissingSpace)))
        {
            throw Unexpected("a value after a space");
        }

        position++;
        if (token.Kind == FilterTokenKind.String)
        {
            return new FilterLiteral.Text(token.Text);
        }

        // Literals are JSON's: lower case only (RFC 8259 §3).
        switch (token.Text)
        {
            case "true":
                return new FilterLiteral.Boolean(true);
            case "false":
                return new FilterLiteral.Boolean(false);
            case "null":
                return new FilterLiteral.Null();
        }

        if (FilterWords.IsJsonNumber(token.Text))
        {
            return decimal.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? new FilterLiteral.Number(number)
                : throw ScimException.InvalidFilter($"The number at character {token.Position + 1} is out of range.");
        }

        // The name of an attribute or a plain identifier without quotes cannot be anything else than text.
        if (FilterWords.IsPlain(token.Text) && quirks.Allows(Quirk.UnquotedText))
        {
            return new FilterLiteral.Text(token.Text);
        }

        position--;
        throw Unexpected("a string in double quotes, a number, true, false or null");
    }

    private void Enter()
    {
        if (++depth > limits.MaxFilterDepth)
        {
            throw ScimException.InvalidFilter($"The filter is nested more than {limits.MaxFilterDepth} levels deep.");
        }
    }

    private void Expect(FilterTokenKind kind, string expected)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(expected);
        }

        position++;
    }

    private ScimException Unexpected(string expected) => ScimException.InvalidFilter(Current.Kind == FilterTokenKind.End
        ? $"The filter ends where {expected} is expected."
        : $"At character {Current.Position + 1} of the filter, {expected} is expected.");
}
