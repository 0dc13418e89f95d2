using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class ScimResponseWriterTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Theory]
    [InlineData(null, "application/scim+json")]
    [InlineData("", "application/scim+json")]
    [InlineData("*/*", "application/scim+json")]
    [InlineData("application/*", "application/scim+json")]
    [InlineData("application/scim+json", "application/scim+json")]
    [InlineData("application/scim+json; charset=utf-8", "application/scim+json")]
    [InlineData("application/json", "application/json")]
    [InlineData("APPLICATION/JSON", "application/json")]
    [InlineData("application/json, text/plain", "application/json")]
    [InlineData("application/json, application/scim+json", "application/scim+json")]
    [InlineData("application/json, */*;q=0.1", "application/scim+json")]
    [InlineData("application/scim+json;q=0, application/json", "application/json")]
    [InlineData("text/html", "application/scim+json")]
    [InlineData("nonsense", "application/scim+json")]
    public async Task An_answer_comes_in_the_type_that_is_accepted(string? accept, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        (string, string)[] headers = accept is null ? [] : [("Accept", accept)];

        var answers = new[]
        {
            await client.GetAsync($"/Users/{created.Id}", headers),
            await client.GetAsync("/Users", headers),
            await client.GetAsync("/Schemas", headers),
            await client.GetAsync("/Users/unknown", headers),
        };

        answers.Should().OnlyContain(answer => answer.ContentHeaders.ContentType!.ToString() == expected);
        answers[0].Text.Should().Be(created.Text);
    }

    [Theory]
    [InlineData("/Users")]
    [InlineData("/Users/{0}")]
    [InlineData("/ServiceProviderConfig")]
    [InlineData("/Schemas")]
    [InlineData("/Users/unknown")]
    [InlineData("/nothing")]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        var target = path.Replace("{0}", created.Id, StringComparison.Ordinal);

        var get = await client.GetAsync(target);
        var head = await client.SendAsync("HEAD", target, null);

        head.Status.Should().Be(get.Status);
        head.Text.Should().BeEmpty();
        head.Tag.Should().Be(get.Tag);
        head.Headers.Location.Should().Be(get.Headers.Location);
        head.ContentHeaders.ContentType.Should().Be(get.ContentHeaders.ContentType);
    }

    [Fact]
    public async Task No_answer_names_the_server_or_is_to_be_cached()
    {
        var client = await host.CreateOrganizationAsync();

        var answers = new[] { await client.CreateUserAsync("ana"), await client.GetAsync("/Users"), await client.GetAsync("/Schemas"), await client.GetAsync("/nothing"), await host.CreateClient().GetAsync("/Users") };

        answers.Should().OnlyContain(answer => answer.Headers.CacheControl!.NoStore && !answer.Headers.Contains("Server") && !answer.Headers.Contains("X-Powered-By"));
    }
}
