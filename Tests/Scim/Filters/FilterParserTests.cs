using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Paths;
using Xunit;

namespace ScimSlice.Tests.Scim.Filters;

public sealed class FilterParserTests
{
    [Theory]
    [InlineData("title pr or userType pr and nickName pr", "(title pr or (userType pr and nickName pr))")]
    [InlineData("title pr and userType pr or nickName pr", "((title pr and userType pr) or nickName pr)")]
    [InlineData("title pr and userType pr or nickName pr and locale pr", "((title pr and userType pr) or (nickName pr and locale pr))")]
    [InlineData("title pr or userType pr and nickName pr or locale pr", "((title pr or (userType pr and nickName pr)) or locale pr)")]
    [InlineData("(title pr or userType pr) and nickName pr", "((title pr or userType pr) and nickName pr)")]
    [InlineData("title pr and (userType pr or nickName pr)", "(title pr and (userType pr or nickName pr))")]
    [InlineData("not (title pr) and userType pr", "(not (title pr) and userType pr)")]
    [InlineData("title pr and not (userType pr) or nickName pr", "((title pr and not (userType pr)) or nickName pr)")]
    [InlineData("not (title pr) or not (userType pr) and nickName pr", "(not (title pr) or (not (userType pr) and nickName pr))")]
    [InlineData("not (title pr or userType pr) and nickName pr", "(not (title pr or userType pr) and nickName pr)")]
    public void Grouping_binds_before_not_before_and_before_or(string text, string tree)
    {
        var filter = FilterParser.Parse(text, Sample.User, Sample.Strict);

        FilterTree.Of(filter).Should().Be(tree);
    }

    [Theory]
    [InlineData("title pr or userType pr or nickName pr", "((title pr or userType pr) or nickName pr)")]
    [InlineData("title pr and userType pr and nickName pr", "((title pr and userType pr) and nickName pr)")]
    [InlineData("title pr or (userType pr or nickName pr)", "(title pr or (userType pr or nickName pr))")]
    [InlineData("title pr and (userType pr and nickName pr)", "(title pr and (userType pr and nickName pr))")]
    public void Chains_of_one_operator_lean_to_the_left(string text, string tree)
    {
        var filter = FilterParser.Parse(text, Sample.User, Sample.Strict);

        FilterTree.Of(filter).Should().Be(tree);
        filter.ToString().Should().Be(text);
    }

    [Theory]
    [InlineData("(title pr)", "title pr")]
    [InlineData("((title pr))", "title pr")]
    [InlineData("( title pr )", "title pr")]
    [InlineData("not(title pr)", "not (title pr)")]
    [InlineData("not (title pr)", "not (title pr)")]
    [InlineData("NOT (title pr)", "not (title pr)")]
    [InlineData("not ( title pr )", "not (title pr)")]
    [InlineData("not ((title pr))", "not (title pr)")]
    [InlineData("not (not (title pr))", "not (not (title pr))")]
    [InlineData("(not (title pr))", "not (title pr)")]
    [InlineData("  title   pr  ", "title pr")]
    [InlineData("title pr  AND  userType pr Or nickName PR", "title pr and userType pr or nickName pr")]
    public void Parentheses_and_not_are_read_with_any_spacing(string text, string printed)
    {
        var filter = FilterParser.Parse(text, Sample.User, Sample.Strict);

        filter.ToString().Should().Be(printed);
    }

    [Theory]
    [InlineData("eq", ComparisonOperator.Eq)]
    [InlineData("ne", ComparisonOperator.Ne)]
    [InlineData("co", ComparisonOperator.Co)]
    [InlineData("sw", ComparisonOperator.Sw)]
    [InlineData("ew", ComparisonOperator.Ew)]
    [InlineData("gt", ComparisonOperator.Gt)]
    [InlineData("ge", ComparisonOperator.Ge)]
    [InlineData("lt", ComparisonOperator.Lt)]
    [InlineData("le", ComparisonOperator.Le)]
    public void Operators_are_read_in_any_letter_case(string word, ComparisonOperator comparison)
    {
        string[] spellings = [word, word.ToUpperInvariant(), $"{char.ToUpperInvariant(word[0])}{word[1]}", $"{word[0]}{char.ToUpperInvariant(word[1])}"];

        var filters = spellings.Select(spelling => FilterParser.Parse($"title {spelling} \"a\"", Sample.User, Sample.Strict));

        filters.Should().AllSatisfy(filter => filter.Should().BeOfType<Filter.Comparison>().Which.Operator.Should().Be(comparison));
    }

    [Theory]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"J\"", Sample.Core, "userName", null)]
    [InlineData("URN:IETF:params:scim:schemas:core:2.0:user:userName sw \"J\"", Sample.Core, "userName", null)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value sw \"J\"", Sample.Enterprise, "manager", "value")]
    [InlineData("urn:other:1.0:Thing:colour.shade sw \"J\"", "urn:other:1.0:Thing", "colour", "shade")]
    [InlineData("name.familyName sw \"J\"", null, "name", "familyName")]
    [InlineData("NAME.FAMILYNAME sw \"J\"", null, "NAME", "FAMILYNAME")]
    [InlineData("manager.$ref sw \"J\"", null, "manager", "$ref")]
    [InlineData("x-y_z$1 sw \"J\"", null, "x-y_z$1", null)]
    public void A_URN_ends_before_the_attribute_name(string text, string? schema, string? name, string? subAttribute)
    {
        var filter = FilterParser.Parse(text, Sample.User, Sample.Strict);

        var path = filter.Should().BeOfType<Filter.Comparison>().Which.Path;
        (path.Schema, path.Name, path.SubAttribute).Should().Be((schema, name, subAttribute));
    }

    [Fact]
    public void The_longest_known_URN_is_taken()
    {
        var filter = FilterParser.Parse("urn:example:schemas:Stock:Extra:shelf pr", Sample.Widget, Sample.Strict);

        filter.Should().BeOfType<Filter.Presence>().Which.Path.Schema.Should().Be("urn:example:schemas:Stock:Extra");
    }

    [Theory]
    [InlineData("emails[type eq \"work\"]", "emails[type eq \"work\"]")]
    [InlineData("emails[type eq \"work\" and value co \"@example.com\"]", "emails[(type eq \"work\" and value co \"@example.com\")]")]
    [InlineData("emails[type eq \"work\" or type eq \"home\" and primary eq true]", "emails[(type eq \"work\" or (type eq \"home\" and primary eq true))]")]
    [InlineData("emails[(type eq \"work\" or type eq \"home\") and primary eq true]", "emails[((type eq \"work\" or type eq \"home\") and primary eq true)]")]
    [InlineData("emails[not (type eq \"work\")]", "emails[not (type eq \"work\")]")]
    [InlineData("emails[ value pr ]", "emails[value pr]")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:emails[value pr]", "urn:ietf:params:scim:schemas:core:2.0:User:emails[value pr]")]
    [InlineData("emails[value co \"]\"]", "emails[value co \"]\"]")]
    [InlineData("emails[value pr] and ims[value pr]", "(emails[value pr] and ims[value pr])")]
    [InlineData("not (emails[value pr])", "not (emails[value pr])")]
    public void A_value_path_holds_a_filter_over_one_value(string text, string tree)
    {
        var filter = FilterParser.Parse(text, Sample.User, Sample.Strict);

        FilterTree.Of(filter).Should().Be(tree);
    }

    [Theory]
    [InlineData("\"O'Malley\"", "O'Malley")]
    [InlineData("\"\"", "")]
    [InlineData("\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d")]
    [InlineData("\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t")]
    [InlineData("\"\\u00e9t\\u00E9\"", "été")]
    [InlineData("\"été\"", "été")]
    [InlineData("\"\\ud83d\\ude00 😀\"", "😀 😀")]
    [InlineData("\"x and y or not (z) [w] pr\"", "x and y or not (z) [w] pr")]
    [InlineData("\"true\"", "true")]
    public void Strings_are_JSON_strings(string literal, string value)
    {
        var filter = FilterParser.Parse($"title eq {literal}", Sample.User, Sample.Strict);

        filter.Should().BeOfType<Filter.Comparison>().Which.Value.Should().Be(new FilterLiteral.Text(value));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("25", "25")]
    [InlineData("-25.5", "-25.5")]
    [InlineData("2e2", "200")]
    [InlineData("2E+2", "200")]
    [InlineData("15e-1", "1.5")]
    [InlineData("0.5", "0.5")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    public void Numbers_are_JSON_numbers(string literal, string value)
    {
        var filter = FilterParser.Parse($"quota eq {literal}", Sample.User, Sample.Strict);

        filter.Should().BeOfType<Filter.Comparison>().Which.Value
            .Should().Be(new FilterLiteral.Number(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Null_true_and_false_are_literals()
    {
        var filter = FilterParser.Parse("active eq null or active eq true or active eq false", Sample.User, Sample.Strict);

        filter.Should().Be(new Filter.Or(
            new Filter.Or(Active(new FilterLiteral.Null()), Active(new FilterLiteral.Boolean(true))),
            Active(new FilterLiteral.Boolean(false))));
    }

    [Theory]
    [InlineData("emails[type eq \"work\"].value eq \"x\"", "emails[(type eq \"work\" and value eq \"x\")]", Quirk.ComparisonBehindValuePath)]
    [InlineData("emails[type eq \"work\" or primary eq true].value ew \"x\"", "emails[((type eq \"work\" or primary eq true) and value ew \"x\")]", Quirk.ComparisonBehindValuePath)]
    [InlineData("emails[type eq \"work\"].value pr", "emails[(type eq \"work\" and value pr)]", Quirk.ComparisonBehindValuePath)]
    [InlineData("externalId eq jyoung", "externalId eq \"jyoung\"", Quirk.UnquotedText)]
    [InlineData("userName eq j.young@example.com", "userName eq \"j.young@example.com\"", Quirk.UnquotedText)]
    [InlineData("externalId eq 007", "externalId eq \"007\"", Quirk.UnquotedText)]
    [InlineData("phoneNumbers.value eq +1-201-555", "phoneNumbers.value eq \"+1-201-555\"", Quirk.UnquotedText)]
    [InlineData("active eq True", "active eq \"True\"", Quirk.UnquotedText)]
    [InlineData("(meta.resourceType eq User) or (meta.resourceType eq Group)", "(meta.resourceType eq \"User\" or meta.resourceType eq \"Group\")", Quirk.UnquotedText)]
    [InlineData("externalId eq\"42\"", "externalId eq \"42\"", Quirk.MissingSpace)]
    [InlineData("emails[value eq\"42\"]", "emails[value eq \"42\"]", Quirk.MissingSpace)]
    [InlineData("title eq \"a\"and userType pr", "(title eq \"a\" and userType pr)", Quirk.MissingSpace)]
    [InlineData("(title pr)or(userType pr)", "(title pr or userType pr)", Quirk.MissingSpace)]
    [InlineData("title pr and(userType pr)", "(title pr and userType pr)", Quirk.MissingSpace)]
    [InlineData("emails[value pr]and title pr", "(emails[value pr] and title pr)", Quirk.MissingSpace)]
    public void A_client_s_deviation_is_understood_unless_strict(string text, string tree, Quirk quirk)
    {
        var lenient = Sample.Lenient;

        var filter = FilterParser.Parse(text, Sample.User, lenient);

        FilterTree.Of(filter).Should().Be(tree);
        lenient.Used.Should().Equal(quirk);
        Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Strict)).Should().Be("400 invalidFilter");
    }

    [Theory]
    [InlineData("title pr and userType eq \"Employee\"")]
    [InlineData("not (emails[type eq \"work\" and value co \"x\"]) or active eq true")]
    [InlineData("quota gt 1.5 and (a eq null or b ne false)")]
    public void What_the_grammar_has_needs_no_deviation(string text)
    {
        var lenient = Sample.Lenient;

        var filter = FilterParser.Parse(text, Sample.User, lenient);

        filter.Should().Be(FilterParser.Parse(text, Sample.User, Sample.Strict));
        lenient.Used.Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData("title")]
    [InlineData("pr")]
    [InlineData("title eq")]
    [InlineData("eq \"a\"")]
    [InlineData("title eq \"a")]
    [InlineData("title eq \"a\\\"")]
    [InlineData("title eq \"\\a\"")]
    [InlineData("title eq \"\\u12\"")]
    [InlineData("title eq \"\\u0000\"")]
    [InlineData("title eq \"\\ud800\"")]
    [InlineData("title eq \"\\udc00\\ud800\"")]
    [InlineData("title eq \"a\nb\"")]
    [InlineData("title eq 'a'")]
    [InlineData("title eq (\"a\")")]
    [InlineData("title eq [\"a\"]")]
    [InlineData("title eq {}")]
    [InlineData("title eq \"a\" \"b\"")]
    [InlineData("title eq 1e400")]
    [InlineData("title eq a/b")]
    [InlineData("title is \"a\"")]
    [InlineData("title lte \"a\"")]
    [InlineData("title eq1 \"a\"")]
    [InlineData("title pr \"a\"")]
    [InlineData("title pr pr")]
    [InlineData("title pr and")]
    [InlineData("title pr or")]
    [InlineData("and title pr")]
    [InlineData("title pr and or userType pr")]
    [InlineData("title pr userType pr")]
    [InlineData("not title pr")]
    [InlineData("not")]
    [InlineData("not ()")]
    [InlineData("title pr and not")]
    [InlineData("title not (userType pr)")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("()")]
    [InlineData("(title pr")]
    [InlineData("title pr)")]
    [InlineData("(title pr]")]
    [InlineData("(title pr)(userType pr)")]
    [InlineData("emails[")]
    [InlineData("emails]")]
    [InlineData("emails[]")]
    [InlineData("emails[value pr")]
    [InlineData("emails[value pr)")]
    [InlineData("emails[value pr]]")]
    [InlineData("emails [value pr]")]
    [InlineData("[value pr]")]
    [InlineData("emails[value[x pr]]")]
    [InlineData("emails[type eq \"a\" and value[x pr]]")]
    [InlineData("emails[value pr] pr")]
    [InlineData("emails[value pr]. eq \"a\"")]
    [InlineData("emails[value pr].a.b eq \"a\"")]
    [InlineData("emails[value pr].a[b pr]")]
    [InlineData(".title pr")]
    [InlineData("title. pr")]
    [InlineData("name..familyName pr")]
    [InlineData("name.family.name pr")]
    [InlineData("1title pr")]
    [InlineData("-title pr")]
    [InlineData("$title pr")]
    [InlineData("tïtle pr")]
    [InlineData("urn:title pr")]
    [InlineData("urn:: pr")]
    [InlineData("core:title pr")]
    [InlineData("title\u00a0pr")]
    public void Anything_else_is_400_invalidFilter_in_every_mode(string text)
    {
        var strict = Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Strict));
        var lenient = Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Lenient));

        strict.Should().Be("400 invalidFilter");
        lenient.Should().Be("400 invalidFilter");
    }

    [Theory]
    [InlineData("title eq 'a'", 10)]
    [InlineData("title is \"a\"", 7)]
    [InlineData("title eq \"a", 10)]
    [InlineData("title pr und userType pr", 10)]
    public void A_refusal_tells_at_which_character(string text, int character)
    {
        var refused = Refusal.Of(() => FilterParser.Parse(text, Sample.User, Sample.Lenient));

        refused!.Detail.Should().Contain($"character {character}");
    }

    private static Filter.Comparison Active(FilterLiteral value) => new(new AttributePath("active"), ComparisonOperator.Eq, value);
}
