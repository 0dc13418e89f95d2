using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class RequestBodyTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const int MaxBytes = 1024 * 1024;

    [Theory]
    [InlineData("application/scim+json")]
    [InlineData("application/json")]
    [InlineData("application/scim+json; charset=utf-8")]
    [InlineData("application/scim+json;charset=\"UTF-8\"")]
    [InlineData("APPLICATION/JSON; Charset=Utf-8")]
    [InlineData("application/json; odata=verbose")]
    [InlineData("")]
    public async Task A_body_of_JSON_in_UTF_8_is_read(string contentType)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("jürgen"), ("Content-Type", contentType));

        answer.Status.Should().Be(201, answer.Text);
        (await client.FilterAsync("userName eq \"jürgen\"")).TotalResults.Should().Be(1);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/json")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/scim+json; charset=iso-8859-1")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/scim+jsonx")]
    [InlineData("nonsense")]
    public async Task Any_other_type_is_415(string contentType)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("bob");

        var answers = new[]
        {
            await client.PostAsync("/Users", ScimClient.User("ana"), ("Content-Type", contentType)),
            await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana"), ("Content-Type", contentType)),
            await client.PatchAsync($"/Users/{user.Id}", """{"op":"add","path":"title","value":"x"}""", ("Content-Type", contentType)),
            await client.PostAsync("/Users/.search", "{}", ("Content-Type", contentType)),
        };

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(415));
        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
    }

    [Fact]
    public async Task A_strict_organization_wants_a_Content_Type()
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, strict: true);
        var strict = await host.CreateTokenAsync(client.Organization);

        var answer = await strict.PostAsync("/Users", ScimClient.User("ana"), ("Content-Type", ""));

        answer.ShouldBeError(415);
        (await strict.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_body_of_the_greatest_size_is_read()
    {
        var client = await host.CreateOrganizationAsync();
        var body = ScimClient.User("ana").PadRight(MaxBytes);

        var answer = await client.PostAsync("/Users", body);

        answer.Status.Should().Be(201, answer.Text);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_body_that_says_that_it_is_larger_is_413_before_it_is_sent()
    {
        var client = await host.CreateOrganizationAsync();
        using var raw = new RawHttp(host.Origin);

        raw.Write(Head(client, $"Content-Length: {MaxBytes + 1}"));
        var answer = raw.ReadAnswer();

        answer.ShouldBeError(413);
        answer.Detail.Should().Contain($"{MaxBytes}");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    /// <summary>Such a client need not send its body any more, and what it sends next would be taken for it.</summary>
    [Theory]
    [InlineData("POST /scim/v2/Users", "", 401)]
    [InlineData("POST /scim/v2/Users", "Content-Type: text/plain\r\nAuthorization: {token}\r\n", 415)]
    [InlineData("GET /scim/v2/Users", "Authorization: {token}\r\n", 200)]
    [InlineData("GET /livez", "", 200)]
    [InlineData("POST /oauth/token", "Content-Type: application/json\r\n", 400)]
    public async Task Who_waits_to_be_asked_for_the_body_and_is_answered_instead_comes_back_on_another_connection(string target, string headers, int status)
    {
        var client = await host.CreateOrganizationAsync();
        using var raw = new RawHttp(host.Origin);

        raw.Write($"{target} HTTP/1.1\r\nHost: localhost\r\n{headers.Replace("{token}", client.Authorization, StringComparison.Ordinal)}Expect: 100-continue\r\nContent-Length: 60\r\n\r\n");
        var answer = raw.ReadAnswer();
        raw.TryWrite("GET /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nX-Padding: 1\r\n\r\n");

        answer.Status.Should().Be(status);
        answer.Headers.ConnectionClose.Should().BeTrue();
        raw.IsEnded().Should().BeTrue();
    }

    [Fact]
    public async Task Who_waits_to_be_asked_for_the_body_is_asked_and_the_connection_goes_on()
    {
        var client = await host.CreateOrganizationAsync();
        using var raw = new RawHttp(host.Origin);
        var body = ScimClient.User("ana");

        raw.Write(Head(client, $"Expect: 100-continue\r\nContent-Length: {body.Length}"));
        var asked = raw.ReadAnswer();
        raw.Write(body);
        var answer = raw.ReadAnswer();
        raw.Write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");

        asked.Status.Should().Be(100);
        (answer.Status, answer.Headers.ConnectionClose).Should().Be((201, null));
        raw.ReadAnswer().Status.Should().Be(200);
    }

    [Fact]
    public async Task A_body_in_chunks_that_grows_larger_is_413()
    {
        var client = await host.CreateOrganizationAsync();
        using var raw = new RawHttp(host.Origin);
        var chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";

        raw.Write(Head(client, "Transfer-Encoding: chunked"));
        for (var index = 0; index < 17; index++)
        {
            raw.Write(chunk);
        }

        var answer = raw.ReadAnswer();

        answer.ShouldBeError(413);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_body_in_chunks_is_read()
    {
        var client = await host.CreateOrganizationAsync();
        using var raw = new RawHttp(host.Origin);
        var body = ScimClient.User("ana");

        raw.Write(Head(client, "Transfer-Encoding: chunked"));
        raw.Write($"5\r\n{body[..5]}\r\n{body.Length - 5:x}\r\n{body[5..]}\r\n0\r\n\r\n");
        var answer = raw.ReadAnswer();

        answer.Status.Should().Be(201);
        (await client.GetAsync("/Users")).UserNames.Should().Equal("ana");
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("Content-Length: -1")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    public async Task A_body_whose_length_is_ambiguous_changes_nothing(string headers)
    {
        var client = await host.CreateOrganizationAsync();
        using var raw = new RawHttp(host.Origin);

        raw.Write(Head(client, headers));
        raw.Write("0\r\n\r\n");
        var answer = raw.ReadAnswer();

        answer.Status.Should().Be(400);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_body_that_never_ends_changes_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        var body = ScimClient.User("ana");
        using (var raw = new RawHttp(host.Origin))
        {
            raw.Write(Head(client, $"Content-Length: {body.Length + 1}"));
            raw.Write(body);
        }

        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("DELETE", 204)]
    public async Task A_body_where_none_belongs_says_nothing(string method, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");

        var answer = await client.SendAsync(method, $"/Users/{user.Id}", "{not JSON", ("Content-Type", "text/plain"));

        answer.Status.Should().Be(status);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(status == 200 ? 1 : 0);
    }

    private static string Head(ScimClient client, string headers) =>
        $"POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\nContent-Type: application/scim+json\r\n{headers}\r\n\r\n";
}
