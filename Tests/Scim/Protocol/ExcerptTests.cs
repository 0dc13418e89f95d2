using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Protocol;
using Xunit;

namespace ScimSlice.Tests.Scim.Protocol;

public sealed class ExcerptTests
{
    [Theory]
    [InlineData("ana", "There is no 'ana'.", "There is no '…'.")]
    [InlineData("", "There is no ''.", "There is no '…'.")]
    [InlineData("title", "There is no 'title'.", "There is no 'title'.")]
    [InlineData("a\u0003b\u0002c", "There is no 'a b c'.", "There is no '…'.")]
    [InlineData("a'b", "There is no 'a'b'.", "There is no '…'.")]
    public void A_detail_is_shown_with_what_a_client_wrote_and_kept_without(string sent, string shown, string kept)
    {
        var refused = ScimException.NotFound($"There is no '{Excerpt.Of(sent)}'.");

        refused.Detail.Should().Be(shown);
        refused.Message.Should().Be(shown);
        Excerpt.Redacted(refused.Marked, text => text == "title").Should().Be(kept);
    }

    [Fact]
    public void A_detail_within_another_keeps_its_marks()
    {
        var inner = ScimException.InvalidValue($"'{Excerpt.Of("ana")}' and '{Excerpt.Of("bob")}' are in a circle.");

        var outer = ScimException.Conflict($"It cannot be: {inner.Marked}");

        outer.Detail.Should().Be("It cannot be: 'ana' and 'bob' are in a circle.");
        Excerpt.Redacted(outer.Marked, _ => false).Should().Be("It cannot be: '…' and '…' are in a circle.");
    }

    [Fact]
    public void An_excerpt_is_short_and_does_not_end_within_a_character()
    {
        Excerpt.Plain(new string('a', 5000)).Should().Be($"{new string('a', 80)}…");
        Excerpt.Plain($"{new string('a', 79)}😀😀").Should().Be($"{new string('a', 79)}…");
    }
}
