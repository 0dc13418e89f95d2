using CsCheck;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Resources;
using Xunit;

namespace ScimSlice.Tests.Scim.Resources;

public sealed class FoldedKeyTests
{
    /// <summary>Characters whose case or composition has an exception.</summary>
    private static readonly string[] Odd =
    [
        "I", "i", "İ", "ı", "\u0307", "ß", "ẞ", "ss", "Σ", "σ", "ς", "\u0308", "\u0301", "\u0323", "A", "Å", "\u212b", "\u212a", "ﬀ", "ſ", "ǅ", "Ω", "\u2126",
        "𐐀", "𞤀", "😀", "\u0345", "ᾳ", "ᾼ", "Ꭰ", "ꭰ", "\ud800", "\udc00", "가", "\u1100\u1161", "\u0f73", "\u0344", "e", "é",
    ];

    private static readonly Gen<string> OddText = Gen.OneOf(Gen.OneOf(Odd).Array[0, 8].Select(string.Concat), Gen.String);

    [Theory]
    [InlineData("Straße", "STRAẞE")]
    [InlineData("ΣΊΣΥΦΟΣ", "Σίσυφος")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφοσ")]
    [InlineData("Ångström", "A\u030angstro\u0308m")]
    [InlineData("Ångström", "\u212bngström")]
    [InlineData("K", "\u212a")]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("İstanbul", "I\u0307stanbul")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("Ǆ", "ǅ")]
    [InlineData("q\u0323\u0307", "q\u0307\u0323")]
    [InlineData("ΟΔΥΣΣΕΎΣ", "οδυσσεύς")]
    public void Texts_that_differ_in_case_or_composition_have_one_key(string left, string right) => FoldedKey.Of(left).Should().Be(FoldedKey.Of(right));

    [Theory]
    [InlineData("Straße", "Strasse")]
    [InlineData("i", "ı")]
    [InlineData("I", "İ")]
    [InlineData("ａ", "a")]
    [InlineData("ﬀ", "ff")]
    [InlineData("é", "e")]
    [InlineData("а", "a")]
    [InlineData("", " ")]
    public void Texts_that_differ_otherwise_have_two(string left, string right) => FoldedKey.Of(left).Should().NotBe(FoldedKey.Of(right));

    [Fact]
    public void A_key_is_its_own_key() => OddText.Sample(text => FoldedKey.Of(FoldedKey.Of(text)) == FoldedKey.Of(text), iter: 20_000);

    [Fact]
    public void Capitals_and_composition_do_not_change_a_key() => Gen.OneOf(Odd).Where(part => !char.IsSurrogate(part[0])).Array[0, 8].Select(string.Concat).Sample(
        text => FoldedKey.Of(text.Normalize(System.Text.NormalizationForm.FormD)) == FoldedKey.Of(text)
            && FoldedKey.Of(text.Normalize(System.Text.NormalizationForm.FormC)) == FoldedKey.Of(text)
            && FoldedKey.Of(text.ToLowerInvariant().Normalize(System.Text.NormalizationForm.FormC)) == FoldedKey.Of(text),
        iter: 20_000);

    [Fact]
    public void Half_a_surrogate_pair_has_a_key_that_is_well_formed() => OddText.Sample(
        text => FoldedKey.Of(text).EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == FoldedKey.Of(text).Length
            && !FoldedKey.Of(text).Any(character => char.IsSurrogate(character) && FoldedKey.Of(text).Length == 1),
        iter: 5_000);

    [Fact]
    public void Keys_are_ordered_by_code_point_as_their_UTF_8_bytes_are() => Gen.Select(OddText, OddText).Sample((left, right) =>
    {
        var (a, b) = (FoldedKey.Of(left), FoldedKey.Of(right));

        var bytes = System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b));

        Math.Sign(FoldedKey.Compare(a, b)).Should().Be(Math.Sign(bytes));
    }, iter: 20_000);

    [Theory]
    [InlineData("\uff5e", "😀")]
    [InlineData("\ue000", "𐀀")]
    [InlineData("a", "b")]
    [InlineData("a", "aa")]
    [InlineData("", "a")]
    [InlineData("😀", "😁")]
    public void The_first_key_comes_before_the_second(string first, string second)
    {
        FoldedKey.Compare(first, second).Should().BeNegative();
        FoldedKey.Compare(second, first).Should().BePositive();
        FoldedKey.Compare(first, first).Should().Be(0);
    }
}
