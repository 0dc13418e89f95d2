using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Filters;
using Xunit;

namespace ScimSlice.Tests.Scim.Filters;

public sealed class FilterLimitsTests
{
    [Theory]
    [InlineData(8192, "accepted")]
    [InlineData(8193, "400 invalidFilter")]
    public void A_filter_may_have_8192_characters(int length, string expected)
    {
        var text = $"title eq \"{new string('a', length - 11)}\"";

        text.Should().HaveLength(length);
        Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Strict)).Should().Be(expected);
    }

    [Theory]
    [InlineData("(", 50, "accepted")]
    [InlineData("(", 51, "400 invalidFilter")]
    [InlineData("(", 4_000, "400 invalidFilter")]
    [InlineData("(", 10_000, "400 invalidFilter")]
    [InlineData("not (", 50, "accepted")]
    [InlineData("not (", 51, "400 invalidFilter")]
    [InlineData("not (", 1_000, "400 invalidFilter")]
    [InlineData("not (", 10_000, "400 invalidFilter")]
    public void Fifty_levels_of_nesting_are_read(string open, int depth, string expected)
    {
        var text = string.Concat(Enumerable.Repeat(open, depth)) + "title pr" + new string(')', depth);

        Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Strict)).Should().Be(expected);
    }

    [Theory]
    [InlineData(49, "accepted")]
    [InlineData(50, "400 invalidFilter")]
    public void Brackets_count_as_a_level(int parentheses, string expected)
    {
        var text = new string('(', parentheses) + "emails[value pr]" + new string(')', parentheses);

        Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Strict)).Should().Be(expected);
    }

    [Theory]
    [InlineData(200, "accepted")]
    [InlineData(201, "400 invalidFilter")]
    public void Two_hundred_terms_are_read(int terms, string expected)
    {
        var text = string.Join(" or ", Enumerable.Repeat("title pr", terms));

        Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Strict)).Should().Be(expected);
    }

    [Fact]
    public void Brackets_left_open_many_times_are_refused_at_once()
    {
        var text = string.Concat(Enumerable.Repeat("a[", 4_000));

        Refusal.Told(() => FilterParser.Parse(text, Sample.User, Sample.Lenient)).Should().Be("400 invalidFilter");
    }
}
