using CsCheck;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Resources;
using Xunit;

namespace ScimSlice.Tests.Scim.Resources;

public sealed class UserNameKeyTests
{
    private static readonly string[] Odd =
    [
        "Ａ", "ａ", "＠", "．", "\u3000", "ｶ", "\uff9e", "ﾊ", "\uff9f", "\uffa0", "ﾡ", "￣", "￦", "A", "a", "İ", "ß", "ẞ", "ς", "Σ", "e\u0301", "\ud800", "😀", "𝐀", "\u3099",
    ];

    [Theory]
    [InlineData("bjensen", "BJensen")]
    [InlineData("ＢＪＥＮＳＥＮ＠ｅｘａｍｐｌｅ．ｃｏｍ", "bjensen@example.com")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("ﾊﾟ", "パ")]
    [InlineData("José", "JOSE\u0301")]
    [InlineData("STRAẞE", "straße")]
    [InlineData("ΟΔΥΣΣΕΎΣ", "Οδυσσεύς")]
    [InlineData("a\u3000b", "a b")]
    public void Names_of_one_prepared_form_are_one_name(string left, string right) => UserNameKey.Of(left).Should().Be(UserNameKey.Of(right));

    [Theory]
    [InlineData("strasse", "straße")]
    [InlineData("a b", "ab")]
    [InlineData("a", "а")]
    [InlineData("𝐀", "A")]
    [InlineData("²", "2")]
    [InlineData("jose", "josé")]
    [InlineData("+", "")]
    public void Other_names_are_two(string left, string right) => UserNameKey.Of(left).Should().NotBe(UserNameKey.Of(right));

    [Fact]
    public void A_key_is_its_own_key() => Gen.OneOf(Gen.OneOf(Odd).Array[0, 8].Select(string.Concat), Gen.String)
        .Sample(text => UserNameKey.Of(UserNameKey.Of(text)) == UserNameKey.Of(text), iter: 20_000);

    [Fact]
    public void A_name_and_its_folded_form_are_one_name() => Gen.OneOf(Gen.OneOf(Odd).Array[0, 8].Select(string.Concat), Gen.String)
        .Sample(text => UserNameKey.Of(FoldedKey.Of(text)) == UserNameKey.Of(text), iter: 20_000);
}
