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
    public async Task Large_documents_come_whole_alone_and_in_lists_and_tell_their_length()
    {
        var client = await host.CreateOrganizationAsync();
        var created = new List<ScimAnswer>();
        for (var number = 0; number < 5; number++)
        {
            created.Add(await client.CreateUserAsync($"large{number}", $"\"title\":\"{new string((char)('a' + number), 60_000)}\",\"nickName\":\"{new string('ü', 40_000)}\""));
        }

        var singles = await Task.WhenAll(created.Select(user => client.GetAsync($"/Users/{user.Id}")));
        var list = await client.GetAsync("/Users");
        var head = await client.SendAsync("HEAD", "/Users", null);

        singles.Select(user => user.Text).Should().Equal(created.Select(user => user.Text));
        list.Text.Should().EndWith($"\"Resources\":[{string.Join(',', created.Select(user => user.Text))}]}}");
        list.ContentHeaders.ContentLength.Should().Be(System.Text.Encoding.UTF8.GetByteCount(list.Text)).And.Be(head.ContentHeaders.ContentLength);
        singles[0].ContentHeaders.ContentLength.Should().Be(System.Text.Encoding.UTF8.GetByteCount(singles[0].Text));
    }

    [Fact]
    public async Task A_client_that_goes_away_amid_an_answer_leaves_the_server_to_others()
    {
        var client = await host.CreateOrganizationAsync();
        for (var number = 0; number < 20; number++)
        {
            await client.CreateUserAsync($"large{number}", $"\"title\":\"{new string('x', 60_000)}\"");
        }

        var whole = await client.GetAsync("/Users");

        for (var number = 0; number < 40; number++)
        {
            using var raw = new RawHttp(host.Origin);
            raw.Write($"GET /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\n\r\n");
        }

        (await client.GetAsync("/Users")).Text.Should().Be(whole.Text);
    }

    [Fact]
    public async Task No_answer_names_the_server_or_is_to_be_cached()
    {
        var client = await host.CreateOrganizationAsync();

        var answers = new[] { await client.CreateUserAsync("ana"), await client.GetAsync("/Users"), await client.GetAsync("/Schemas"), await client.GetAsync("/nothing"), await host.CreateClient().GetAsync("/Users") };

        answers.Should().OnlyContain(answer => answer.Headers.CacheControl!.NoStore && !answer.Headers.Contains("Server") && !answer.Headers.Contains("X-Powered-By"));
    }
}
