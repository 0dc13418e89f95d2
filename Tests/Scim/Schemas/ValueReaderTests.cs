using System.Text.Json;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Protocol;
using Xunit;

namespace ScimSlice.Tests.Scim.Schemas;

public sealed class ValueReaderTests
{
    [Theory]
    [InlineData("https://example.com/ana", true)]
    [InlineData("urn:a:b", true)]
    [InlineData("../Users/1", true)]
    [InlineData("ana.jpg", true)]
    [InlineData("my page", false)]
    [InlineData("http://a b/", false)]
    public void A_reference_is_a_URI_unless_a_client_sends_it_otherwise(string text, bool isUri)
    {
        var members = $"\"profileUrl\": {JsonSerializer.Serialize(text)}";
        var strict = () => Sample.ReadUser(members, strict: true);

        Sample.ReadUser(members).Text("profileUrl").Should().Be(text);
        if (isUri)
        {
            strict().Text("profileUrl").Should().Be(text);
        }
        else
        {
            strict.Should().Throw<ScimException>().Which.Detail.Should().Contain("profileUrl: expected a URI");
        }
    }

    [Theory]
    [InlineData("5", "accepted")]
    [InlineData("-5", "accepted")]
    [InlineData("9223372036854775807", "accepted")]
    [InlineData("9223372036854775808", "400 invalidValue")]
    [InlineData("1.0", "400 invalidValue")]
    [InlineData("1e3", "400 invalidValue")]
    [InlineData("1E3", "400 invalidValue")]
    [InlineData("\"5\"", "400 invalidValue")]
    [InlineData("true", "400 invalidValue")]
    [InlineData("[5]", "400 invalidValue")]
    public void An_integer_has_no_fraction_and_no_exponent(string json, string expected) => ToldOfWidget("count", json).Should().Be(expected);

    [Theory]
    [InlineData("5", "accepted")]
    [InlineData("-5.25", "accepted")]
    [InlineData("1e3", "accepted")]
    [InlineData("1e400", "400 invalidValue")]
    [InlineData("\"5\"", "400 invalidValue")]
    public void A_decimal_is_a_JSON_number(string json, string expected) => ToldOfWidget("weight", json).Should().Be(expected);

    [Theory]
    [InlineData("\"2026-11-23T10:00:00Z\"", "accepted")]
    [InlineData("\"2026-11-23T10:00:00\"", "accepted")]
    [InlineData("\"2026-11-23T10:00:00.1+05:30\"", "accepted")]
    [InlineData("\"2026-11-23T10:00:00.123456789Z\"", "accepted")]
    [InlineData("\"2026-11-23\"", "400 invalidValue")]
    [InlineData("\"2026-11-23 10:00:00Z\"", "400 invalidValue")]
    [InlineData("\"2026-11-23T10:00Z\"", "400 invalidValue")]
    [InlineData("\"2026-02-30T10:00:00Z\"", "400 invalidValue")]
    [InlineData("\"2026-11-23T25:00:00Z\"", "400 invalidValue")]
    [InlineData("\"2026-11-23T10:00:00.Z\"", "400 invalidValue")]
    [InlineData("\"2026-11-23T10:00:00.12345678x9Z\"", "400 invalidValue")]
    [InlineData("\"11/23/2026 10:00:00\"", "400 invalidValue")]
    [InlineData("1795428000", "400 invalidValue")]
    public void A_dateTime_has_date_and_time(string json, string expected) => ToldOfWidget("made", json).Should().Be(expected);

    [Theory]
    [InlineData("AQID", "accepted")]
    [InlineData("AQI=", "accepted")]
    [InlineData("AQI", "accepted")]
    [InlineData("AQ==", "accepted")]
    [InlineData("AQ", "accepted")]
    [InlineData("+/+/", "accepted")]
    [InlineData("", "accepted")]
    [InlineData("A", "400 invalidValue")]
    [InlineData("AQ=", "400 invalidValue")]
    [InlineData("AQ\\nID", "400 invalidValue")]
    [InlineData("AQ ID", "400 invalidValue")]
    [InlineData("-_-_", "400 invalidValue")]
    [InlineData("=", "400 invalidValue")]
    public void A_binary_is_base64_with_or_without_padding(string text, string expected) => ToldOfWidget("image", $"\"{text}\"").Should().Be(expected);

    [Theory]
    [InlineData("tags", "[\"a\", \"b\", \"a\"]", "accepted")]
    [InlineData("tags", "[[\"a\"]]", "400 invalidValue")]
    [InlineData("tags", "[{\"value\": \"a\"}]", "400 invalidValue")]
    [InlineData("tags", "\"a\"", "400 invalidValue")]
    [InlineData("sizes", "[1, 2.5]", "accepted")]
    [InlineData("sizes", "[\"1\"]", "400 invalidValue")]
    public void A_simple_list_holds_values_of_its_type(string name, string json, string expected) => ToldOfWidget(name, json).Should().Be(expected);

    private static string ToldOfWidget(string name, string json) => Refusal.Told(() => Sample.Read(
        Sample.Widget,
        $$$"""{"schemas": ["urn:example:schemas:Widget"], "label": "a", "{{{name}}}": {{{json}}}, "urn:example:schemas:Stock": {"shelf": "s"}}""",
        strict: true));
}
