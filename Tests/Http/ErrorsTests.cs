using FluentAssertions;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class ErrorsTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Theory]
    [InlineData("/Nothing")]
    [InlineData("/Users/1/2")]
    [InlineData("/Users//")]
    [InlineData("/Me")]
    [InlineData("/Bulk/1")]
    [InlineData("/../v3/Users")]
    [InlineData("/../../v2/Users")]
    [InlineData("/Schemas/urn:x:unknown")]
    [InlineData("/ResourceTypes/Nope")]
    public async Task What_is_not_served_is_404(string path)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync(path);

        answer.ShouldBeError(404);
    }

    [Fact]
    public async Task A_path_without_a_version_is_that_of_the_latest_and_another_version_is_none()
    {
        var client = await host.CreateOrganizationAsync();

        var created = await client.PostAsync("/../Users", ScimClient.User("ana"));
        var read = await client.GetAsync($"/../Users/{created.Id}");

        created.Status.Should().Be(201);
        created.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/Users/{created.Id}");
        read.Text.Should().Be((await client.GetAsync($"/Users/{created.Id}")).Text);
        (await host.CreateClient().GetAsync($"/../Users/{created.Id}")).ShouldBeError(401);
        (await client.GetAsync($"/../v1/Users/{created.Id}")).ShouldBeError(404);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Me_is_404_for_an_organization_s_token_whatever_the_method(string method)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.SendAsync(method, "/Me", method is "GET" or "DELETE" ? null : ScimClient.User("ana"));

        answer.ShouldBeError(404);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("PUT", "/Users", "GET, HEAD, POST")]
    [InlineData("PATCH", "/Users", "GET, HEAD, POST")]
    [InlineData("DELETE", "/Users", "GET, HEAD, POST")]
    [InlineData("POST", "/Users/1", "DELETE, GET, HEAD, PATCH, PUT")]
    [InlineData("GET", "/Users/.search", null)]
    [InlineData("POST", "/ServiceProviderConfig", "GET, HEAD")]
    [InlineData("PUT", "/ServiceProviderConfig", "GET, HEAD")]
    [InlineData("DELETE", "/ServiceProviderConfig", "GET, HEAD")]
    [InlineData("POST", "/Schemas", "GET, HEAD")]
    [InlineData("PATCH", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "GET, HEAD")]
    [InlineData("DELETE", "/ResourceTypes/User", "GET, HEAD")]
    [InlineData("PROPFIND", "/Users", "GET, HEAD, POST")]
    public async Task A_method_that_is_not_served_is_405_with_those_that_are(string method, string path, string? allow)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.SendAsync(method, path, null);

        if (allow is null)
        {
            // .search is also a possible id, so GET asks for a user of that name.
            answer.ShouldBeError(404);
            return;
        }

        answer.ShouldBeError(405);
        answer.ContentHeaders.Allow.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).Order().Should().Equal(allow.Split(", "));
    }

    [Fact]
    public async Task OPTIONS_tells_what_is_served()
    {
        var client = await host.CreateOrganizationAsync();

        var list = await client.SendAsync("OPTIONS", "/Users", null);
        var one = await client.SendAsync("OPTIONS", "/Users/1", null);

        list.Status.Should().Be(204);
        list.Text.Should().BeEmpty();
        list.ContentHeaders.Allow.Should().BeEquivalentTo("GET", "HEAD", "POST");
        one.ContentHeaders.Allow.Should().BeEquivalentTo("DELETE", "GET", "HEAD", "PATCH", "PUT");
        (await client.SendAsync("OPTIONS", "/Nothing", null)).ShouldBeError(404);
        (await host.CreateClient().SendAsync("OPTIONS", "/Users", null)).ShouldBeError(401);
    }

    [Fact]
    public async Task Every_status_of_an_error_comes_as_a_SCIM_error()
    {
        var client = await host.CreateOrganizationAsync();
        var reader = await host.CreateTokenAsync(client.Organization, TokenScope.Read);
        var ana = await client.CreateUserAsync("ana");

        (await client.FilterAsync("userName")).ShouldBeError(400, "invalidFilter");
        (await host.CreateClient().GetAsync("/Users")).ShouldBeError(401);
        (await reader.DeleteAsync($"/Users/{ana.Id}")).ShouldBeError(403);
        (await client.GetAsync("/Users/unknown")).ShouldBeError(404);
        (await client.DeleteAsync("/Users")).ShouldBeError(405);
        (await client.PostAsync("/Users", ScimClient.User("ANA"))).ShouldBeError(409, "uniqueness");
        (await client.DeleteAsync($"/Users/{ana.Id}", ("If-Match", "W/\"9\""))).ShouldBeError(412);
        (await client.PostAsync("/Users", ScimClient.User("big", $"\"title\":\"{new string('x', 2_000_000)}\""))).ShouldBeError(413);
        (await client.PostAsync("/Users", ScimClient.User("bob"), ("Content-Type", "text/plain"))).ShouldBeError(415);
    }

    [Fact]
    public async Task Errors_are_not_to_be_cached_and_come_in_the_type_that_is_accepted()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync("/Users/unknown", ("Accept", "application/json"));

        answer.Status.Should().Be(404);
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/json");
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        answer.Body["status"]!.GetValue<string>().Should().Be("404");
    }

    [Fact]
    public async Task What_a_client_sent_is_repeated_on_one_line_and_in_part_only()
    {
        var client = await host.CreateOrganizationAsync();

        var path = await client.PatchAsync($"/Users/{(await client.CreateUserAsync("ana")).Id}", $$"""{"op":"add","path":"{{new string('a', 5000)}}","value":"x"}""");
        var id = await client.GetAsync($"/Users/%0A%1B{new string('b', 5000)}");

        path.Detail.Length.Should().BeLessThan(300);
        id.Detail.Length.Should().BeLessThan(300);
        id.Detail.Any(char.IsControl).Should().BeFalse();
    }

    [Theory]
    [InlineData("GET  HTTP/1.1")]
    [InlineData("GET /scim/v2/Users\0 HTTP/1.1")]
    [InlineData("GET /scim/v2/Users HTTP/9.9")]
    [InlineData("GET * HTTP/1.1")]
    [InlineData("nonsense")]
    public async Task What_is_not_HTTP_is_refused_without_a_word_of_our_insides(string requestLine)
    {
        using var raw = new RawHttp(host.Origin);

        raw.Write($"{requestLine}\r\nHost: localhost\r\n\r\n");
        var answer = raw.ReadAnswer();

        answer.Status.Should().BeOneOf(400, 405, 505);
        answer.Text.Should().BeEmpty();
        (await (await host.CreateOrganizationAsync()).GetAsync("/Users")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_request_line_and_headers_that_are_too_long_are_refused()
    {
        var line = RawHttp.Send(host.Origin, "GET", $"/scim/v2/Users?filter={new string('a', 40_000)}");
        var headers = RawHttp.Send(host.Origin, "GET", "/scim/v2/Users", $"X-Long: {new string('a', 40_000)}");

        line.Status.Should().Be(414);
        headers.Status.Should().Be(431);
        (await (await host.CreateOrganizationAsync()).GetAsync("/Users")).Status.Should().Be(200);
    }
}
