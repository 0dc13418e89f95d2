using CsCheck;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using Xunit;

namespace ScimSlice.Tests.Scim.Filters;

public sealed class FilterPropertyTests
{
    private static readonly string[] Pieces =
    [
        " ", "  ", "\t", "(", ")", "[", "]", "\"", "\\", "\\u", "\\ud800", ".", ":", "not", "not (", "and", " and ", " or ", "or", " eq ", "eq", " pr", "pr",
        " gt ", "title", "emails", "emails[", "value", ".value", "name.familyName", "urn:", Sample.Core, Sample.Enterprise, ":manager", "\"work\"", "true",
        "false", "null", "-", "1", "1.5", "1e9999", "e", "$ref", "\0", "\ud800", "\udfff", "é", "😀",
    ];

    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u0001', '\ud7ff'], Gen.Char['\ue000', '\uffff'])
        .Select(character => character.ToString())
        .Array[0, 12]
        .SelectMany(parts => Gen.OneOf("", "😀", "\"", "\\", "\n"), (parts, end) => string.Concat(parts) + end);

    private static readonly Gen<AttributePath> Path = Gen.Select(
        Gen.OneOf<string?>(null, null, Sample.Core, Sample.Enterprise, "urn:other:thing:1.0"),
        Gen.OneOf("title", "NAME", "x-1_$", "and", "not", "or", "pr", "eq", "true", "$ref"),
        Gen.OneOf<string?>(null, "value", "$ref", "or"),
        (schema, name, subAttribute) => new AttributePath(schema, name, subAttribute));

    private static readonly Gen<FilterLiteral> Literal = Gen.OneOf(
        AnyText.Select(text => (FilterLiteral)new FilterLiteral.Text(text)),
        Gen.Decimal.Select(number => (FilterLiteral)new FilterLiteral.Number(number)),
        Gen.Bool.Select(value => (FilterLiteral)new FilterLiteral.Boolean(value)),
        Gen.Const((FilterLiteral)new FilterLiteral.Null()));

    [Fact]
    public void Parsing_what_a_filter_prints_gives_the_same_filter() =>
        Tree(4, inside: false).Sample(filter => FilterParser.Parse(filter.ToString()!, Sample.User, Sample.Strict).Equals(filter), iter: 5_000);

    [Fact]
    public void Parsing_what_an_inner_filter_prints_gives_the_same_filter() =>
        Tree(3, inside: true).Sample(filter => FilterParser.ParseInner(filter.ToString()!, Sample.User, Sample.Strict).Equals(filter), iter: 5_000);

    [Fact]
    public void A_filter_made_of_pieces_is_read_or_refused() =>
        Gen.OneOf(Pieces).Array[0, 24].Select(string.Concat).Sample(IsReadOrRefused, iter: 20_000);

    [Fact]
    public void Any_string_is_read_or_refused() => Gen.String.Sample(IsReadOrRefused, iter: 20_000);

    [Fact]
    public void A_filter_cut_or_changed_anywhere_is_read_or_refused() => Gen.Select(Tree(3, inside: false), Gen.Int[0, 10_000], Gen.OneOf(Pieces))
        .Sample((filter, place, piece) =>
        {
            var text = filter.ToString()!;
            IsReadOrRefused(text[..(place % text.Length)]);
            IsReadOrRefused(text.Insert(place % text.Length, piece));
        }, iter: 5_000);

    private static void IsReadOrRefused(string text)
    {
        foreach (var quirks in new[] { Sample.Strict, Sample.Lenient })
        {
            try
            {
                var filter = FilterParser.Parse(text, Sample.User, quirks);
                FilterParser.Parse(filter.ToString()!, Sample.User, Sample.Strict).Should().Be(filter);
            }
            catch (ScimException refused)
            {
                (refused.Status, refused.ScimType).Should().Be((400, "invalidFilter"));
            }
        }
    }

    private static Gen<Filter> Tree(int depth, bool inside)
    {
        var leaf = Gen.OneOf(
            Gen.Select(Path, Gen.Enum<ComparisonOperator>(), Literal, (path, comparison, value) => (Filter)new Filter.Comparison(path, comparison, value)),
            Path.Select(path => (Filter)new Filter.Presence(path)));
        if (depth == 0)
        {
            return leaf;
        }

        var inner = Tree(depth - 1, inside);
        var branches = new List<Gen<Filter>>
        {
            leaf,
            Gen.Select(inner, inner, (left, right) => (Filter)new Filter.And(left, right)),
            Gen.Select(inner, inner, (left, right) => (Filter)new Filter.Or(left, right)),
            inner.Select(filter => (Filter)new Filter.Not(filter)),
        };
        if (!inside)
        {
            branches.Add(Gen.Select(Path, Tree(depth - 1, inside: true), (path, filter) => (Filter)new Filter.ValuePath(path, filter)));
        }

        return Gen.OneOf([.. branches]);
    }
}
