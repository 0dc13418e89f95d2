using System.Text;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class JsonTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Theory]
    [InlineData("\"title\":\"\\u0000\"")]
    [InlineData("\"title\":\"a\\u0000b\"")]
    [InlineData("\"\\u0000\":1")]
    [InlineData("\"title\":\"\\ud800\"")]
    [InlineData("\"title\":\"\\udc00\\ud800\"")]
    [InlineData("\"unknown\":\"\\udfff\"")]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"title\":\"a\nb\"")]
    [InlineData("\"title\":\"\\x\"")]
    [InlineData("\"title\":'a'")]
    [InlineData("\"title\":undefined")]
    [InlineData("\"title\":NaN")]
    [InlineData("\"title\":\"a\",")]
    [InlineData("\"title\":\"a\"/* comment */")]
    [InlineData("\"title\":01")]
    [InlineData("\"title\":\"a\",\"title\":\"b\"")]
    [InlineData("\"name\":{\"givenName\":\"a\",\"givenName\":\"b\"}")]
    [InlineData("\"unknown\":{\"x\":1,\"x\":2}")]
    [InlineData("\"__proto__\":1,\"__proto__\":2")]
    public async Task JSON_that_is_broken_or_ambiguous_is_an_invalidSyntax(string members)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", members));

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0x00 })]
    public async Task Bytes_that_are_no_UTF_8_are_an_invalidSyntax(byte[] bytes)
    {
        var client = await host.CreateOrganizationAsync();
        byte[] body = [.. Encoding.UTF8.GetBytes("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"ana"), .. bytes, .. "\"}"u8];

        var answer = await client.SendBytesAsync("POST", "/Users", body);

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task UTF_16_is_an_invalidSyntax()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.SendBytesAsync("POST", "/Users", Encoding.Unicode.GetBytes(ScimClient.User("ana")));

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData(33)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task JSON_that_is_nested_too_deeply_is_an_invalidSyntax(int depth)
    {
        var client = await host.CreateOrganizationAsync();
        string[] values =
        [
            $"{new string('[', depth)}{new string(']', depth)}",
            $"{string.Concat(Enumerable.Repeat("{\"a\":", depth))}1{new string('}', depth)}",
            new string('[', depth),
        ];

        foreach (var value in values)
        {
            var posted = await client.PostAsync("/Users", ScimClient.User("ana", $"\"unknown\":{value}"));
            var patched = await client.PatchAsync("/Users/1", $$"""{"op":"add","path":"title","value":{{value}}}""");

            posted.ShouldBeError(400, "invalidSyntax");
            patched.ShouldBeError(400, "invalidSyntax");
        }

        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task JSON_of_very_many_tokens_is_an_invalidSyntax()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", $"\"unknown\":[{string.Join(',', Enumerable.Repeat("1", 450_000))}]"));

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("1e999999")]
    [InlineData("-1e-999999")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("0.1000000000000000055511151231257827021181583404541015625")]
    public async Task A_huge_number_does_no_harm(string number)
    {
        var client = await host.CreateOrganizationAsync();

        var created = await client.CreateUserAsync("ana", $"\"unknown\":{number},\"title\":{number}");
        var refused = await client.PostAsync("/Users", ScimClient.User("bob", $"\"active\":{number}"));

        (await client.GetAsync($"/Users/{created.Id}")).Body["title"]!.GetValue<string>().Should().Be(number);
        refused.ShouldBeError(400, "invalidValue");
    }

    [Theory]
    [InlineData("\"__proto__\":{\"active\":false}")]
    [InlineData("\"constructor\":{\"prototype\":{\"role\":\"owner\"}}")]
    [InlineData("\"$type\":\"System.Diagnostics.Process\"")]
    [InlineData("\"$ref\":\"file:///etc/passwd\"")]
    [InlineData("\"$id\":\"1\",\"$values\":[]")]
    [InlineData("\"emails\":[{\"$type\":\"x\",\"__proto__\":{\"primary\":true}}]")]
    [InlineData("\"name\":{\"__proto__\":{\"givenName\":\"x\"}}")]
    public async Task Names_that_mean_something_elsewhere_mean_nothing_here(string members)
    {
        var client = await host.CreateOrganizationAsync();

        var created = await client.CreateUserAsync("ana", members);
        var patched = await client.PatchAsync($"/Users/{created.Id}", $$$"""{"op":"add","value":{{{{members}}}}}""");

        patched.Status.Should().BeOneOf(200, 400);
        var read = await client.GetAsync($"/Users/{created.Id}");
        read.Text.Should().Be(created.Text);
        read.Rest.ShouldBeJson("{}");
        read.Body["role"]!.GetValue<string>().Should().Be("member");
    }

    [Theory]
    [InlineData("\\u0041\\u00F1\\ud83d\\ude00", "Añ😀")]
    [InlineData("<script>alert('x')</script>&amp;", "<script>alert('x')</script>&amp;")]
    [InlineData("' or 1=1; drop table users; --", "' or 1=1; drop table users; --")]
    [InlineData("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t")]
    [InlineData("\\uFEFF\\u202E\\uFFFF\\u0001", "\uFEFF\u202E\uFFFF\u0001")]
    public async Task Text_comes_back_as_it_was_sent(string sent, string text)
    {
        var client = await host.CreateOrganizationAsync();

        var created = await client.CreateUserAsync("ana", $"\"title\":\"{sent}\"");

        (await client.GetAsync($"/Users/{created.Id}")).Body["title"]!.GetValue<string>().Should().Be(text);
        (await client.FilterAsync($"title eq {System.Text.Json.JsonSerializer.Serialize(text)}")).TotalResults.Should().Be(1);
    }
}
