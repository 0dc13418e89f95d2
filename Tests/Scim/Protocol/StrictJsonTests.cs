using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CsCheck;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Protocol;
using Xunit;

namespace ScimSlice.Tests.Scim.Protocol;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("{}", JsonValueKind.Object)]
    [InlineData(" \r\n\t{\"a\": [1, true, null, \"x\"]} \n", JsonValueKind.Object)]
    [InlineData("[]", JsonValueKind.Array)]
    [InlineData("\"\\ud83d\\ude00\\u00e9\"", JsonValueKind.String)]
    [InlineData("{\"a\": 1, \"A\": 2}", JsonValueKind.Object)]
    [InlineData("{\"a\": {\"a\": {\"a\": 1}}}", JsonValueKind.Object)]
    [InlineData("1e999999", JsonValueKind.Number)]
    public void JSON_is_read(string text, JsonValueKind kind) => Sample.Json(text).ValueKind.Should().Be(kind);

    [Theory]
    [InlineData("", "no body")]
    [InlineData(" \r\n\t", "no body")]
    [InlineData("{", "not valid JSON at line 1")]
    [InlineData("{\"a\": 1,}", "not valid JSON at line 1, byte 9")]
    [InlineData("[1,]", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("{} // no", "not valid JSON")]
    [InlineData("/* no */ {}", "not valid JSON")]
    [InlineData("{a: 1}", "not valid JSON")]
    [InlineData("{'a': 1}", "not valid JSON")]
    [InlineData("{\n\"a\": NaN}", "at line 2")]
    [InlineData("[01]", "not valid JSON")]
    [InlineData("\"a\nb\"", "not valid JSON")]
    [InlineData("\ufeff{}", "not valid JSON")]
    [InlineData("{\"a\": 1, \"a\": 1}", "repeats a name")]
    [InlineData("{\"a\": 1, \"\\u0061\": 1}", "repeats a name")]
    [InlineData("{\"x\": [{\"a\": 1, \"b\": 2, \"a\": 3}]}", "repeats a name")]
    [InlineData("\"\\ud800\"", "half of a surrogate pair")]
    [InlineData("\"\\udc00\\ud800\"", "half of a surrogate pair")]
    [InlineData("{\"\\ud800\": 1}", "half of a surrogate pair")]
    [InlineData("{\"a\": \"x\\u0000\"}", "U+0000")]
    [InlineData("{\"\\u0000\": 1}", "U+0000")]
    public void What_is_ambiguous_or_cannot_be_stored_is_invalidSyntax_and_says_why(string text, string detail)
    {
        var refused = Refusal.Of(() => Sample.Json(text));

        (refused!.Status, refused.ScimType).Should().Be((400, "invalidSyntax"));
        refused.Detail.Should().Contain(detail);
    }

    [Theory]
    [InlineData(new byte[] { 0x22, 0xff, 0x22 })]
    [InlineData(new byte[] { 0x22, 0xc0, 0x80, 0x22 })]
    [InlineData(new byte[] { 0x22, 0xed, 0xa0, 0x80, 0x22 })]
    [InlineData(new byte[] { 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22 })]
    [InlineData(new byte[] { 0x7b, 0x00, 0x7d, 0x00 })]
    public void Anything_but_UTF_8_is_invalidSyntax(byte[] body) => Refusal.Told(() => StrictJson.Parse(body)).Should().Be("400 invalidSyntax");

    [Theory]
    [InlineData(32, "accepted")]
    [InlineData(33, "400 invalidSyntax")]
    [InlineData(1_000_000, "400 invalidSyntax")]
    public void Thirty_two_levels_are_read(int depth, string expected)
    {
        var text = new string('[', depth) + new string(']', depth);

        Refusal.Told(() => Sample.Json(text)).Should().Be(expected);
    }

    [Theory]
    [InlineData(399_998, "accepted")]
    [InlineData(399_999, "400 invalidSyntax")]
    public void Four_hundred_thousand_tokens_are_read(int values, string expected)
    {
        var text = $"[{string.Join(',', Enumerable.Repeat('1', values))}]";

        Refusal.Told(() => Sample.Json(text)).Should().Be(expected);
    }

    [Fact]
    public void Many_names_in_one_object_are_compared_in_no_time()
    {
        var text = $"{{{string.Join(',', Enumerable.Range(0, 150_000).Select(number => $"\"n{number}\":1"))}}}";
        var clock = Stopwatch.StartNew();

        Sample.Json(text);

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.OneOf(
            Gen.Byte.Array[0, 40],
            Gen.OneOf("{", "}", "[", "]", "\"", ":", ",", "\\u0000", "\\ud800", "a", "1", "-", "null", " ", "é", "\"a\":").Array[0, 16]
                .Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))))
        .Sample(body =>
        {
            try
            {
                StrictJson.Parse(body).ValueKind.Should().NotBe(JsonValueKind.Undefined);
            }
            catch (ScimException refused)
            {
                (refused.Status, refused.ScimType).Should().Be((400, "invalidSyntax"));
            }
        }, iter: 20_000);
}
