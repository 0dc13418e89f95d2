using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class PublicAddressTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "evil.example:443")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Proto", "evil")]
    [InlineData("X-Forwarded-Prefix", "/evil")]
    [InlineData("X-Forwarded-For", "evil.example")]
    [InlineData("X-Original-Host", "evil.example")]
    [InlineData("X-Original-URL", "/evil")]
    [InlineData("Forwarded", "for=1.2.3.4;host=evil.example;proto=evil")]
    public async Task No_header_of_a_request_gets_into_a_URL(string name, string value)
    {
        var client = await host.CreateOrganizationAsync();

        var created = await client.PostAsync("/Users", ScimClient.User("ana"), (name, value));
        var answers = new[]
        {
            created,
            await client.GetAsync($"/Users/{created.Id}", (name, value)),
            await client.GetAsync("/Users", (name, value)),
            await client.GetAsync("/ServiceProviderConfig", (name, value)),
            await client.GetAsync("/Schemas", (name, value)),
            await client.GetAsync("/ResourceTypes", (name, value)),
            await client.GetAsync("/nothing", (name, value)),
        };

        created.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/Users/{created.Id}");
        answers.Should().AllSatisfy(answer => $"{answer.Headers}{answer.ContentHeaders}{answer.Text}".Should().NotContain("evil"));
    }

    [Theory]
    [InlineData("https://scim.example.com", "https://scim.example.com/scim/v2")]
    [InlineData("https://example.com/base/", "https://example.com/base/scim/v2")]
    [InlineData("http://example.com:8080", "http://example.com:8080/scim/v2")]
    public async Task URLs_begin_with_the_public_base(string configured, string expected)
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:PublicBaseUrl", configured);
        var client = await started.Value.CreateOrganizationAsync();

        var created = await client.CreateUserAsync("ana");

        created.Headers.Location!.ToString().Should().Be($"{expected}/Users/{created.Id}");
        created.ContentHeaders.ContentLocation!.ToString().Should().Be($"{expected}/Users/{created.Id}");
        created.Body["meta"]!["location"]!.GetValue<string>().Should().Be($"{expected}/Users/{created.Id}");
        (await client.GetAsync("/ServiceProviderConfig")).Body["meta"]!["location"]!.GetValue<string>().Should().Be($"{expected}/ServiceProviderConfig");
        (await client.GetAsync("/Users")).Resources[0]!["meta"]!["location"]!.GetValue<string>().Should().Be($"{expected}/Users/{created.Id}");
    }
}
