using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class PathTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Theory]
    [InlineData("/scim/v2/Users")]
    [InlineData("/scim/v2/Users/")]
    [InlineData("/SCIM/V2/USERS")]
    [InlineData("/scim/v2/%55sers")]
    [InlineData("/scim/v2/%2555sers")]
    [InlineData("/scim/v2%2FUsers")]
    [InlineData("/scim%2Fv2%2FUsers")]
    [InlineData("/scim%252Fv2%252FUsers")]
    [InlineData("/%73cim/v2/Users")]
    [InlineData("//scim/v2/Users")]
    [InlineData("/scim//v2/Users")]
    [InlineData("/scim/v2//Users")]
    [InlineData("/scim/v2/./Users")]
    [InlineData("/scim/v2/%2e/Users")]
    [InlineData("/scim/v2/x/../Users")]
    [InlineData("/scim/v2/x/%2e%2e/Users")]
    [InlineData("/scim/v2/x/..%2fUsers")]
    [InlineData("/scim/v2/x%2f..%2fUsers")]
    [InlineData("/scim/v2/Users;x=1")]
    [InlineData("/scim/v2;x/Users")]
    [InlineData("/scim/v2/Users.")]
    [InlineData("/scim/v2/Users.json")]
    [InlineData("/scim/v2/Users%20")]
    [InlineData("/scim/v2/Users%09")]
    [InlineData("/scim/v2/Users%00")]
    [InlineData("/scim/v2/Users%C0%AF")]
    [InlineData("/scim/v2/Users%ED%A0%80")]
    [InlineData("/scim\\v2\\Users")]
    [InlineData("/scim/v2\\Users")]
    [InlineData("/scim/v2/Users?livez")]
    [InlineData("/scim/v2/Users#/livez")]
    [InlineData("/livez/../scim/v2/Users")]
    [InlineData("/livez/%2e%2e/scim/v2/Users")]
    [InlineData("/livez/..%2fscim/v2/Users")]
    [InlineData("/livez%2f..%2fscim/v2/Users")]
    [InlineData("/livez/scim/v2/Users")]
    [InlineData("/livez;/scim/v2/Users")]
    [InlineData("/metrics/../scim/v2/Users")]
    [InlineData("/metrics/%2e%2e/scim/v2/Users")]
    [InlineData("/metrics//scim/v2/Users")]
    [InlineData("/metrics/scim/v2/Users")]
    [InlineData("http://localhost/scim/v2/Users")]
    [InlineData("http://evil.example/livez/../scim/v2/Users")]
    public async Task However_a_path_is_written_it_is_not_served_without_a_token(string target)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("canary");

        var answers = ((string[])["GET", "POST", "HEAD", "DELETE"])
            .Select(method => RawHttp.Send(host.Origin, method, target, "Content-Length: 0", "X-Original-URL: /livez", "X-Rewrite-URL: /livez", "X-HTTP-Method-Override: GET"));

        answers.Should().AllSatisfy(answer =>
        {
            answer.Status.Should().BeOneOf(400, 401, 404);
            answer.Text.Should().NotContain("canary");
        });
    }

    [Theory]
    [InlineData("/scim/v2/Users/..%2f..%2f..%2flivez")]
    [InlineData("/scim/v2/Users/%2e%2e%2f1")]
    [InlineData("/scim/v2/Users/1;x")]
    [InlineData("/scim/v2/Users/1%2F2")]
    [InlineData("/scim/v2/Users/%252e%252e")]
    [InlineData("/scim/v2/Users/C:%5Cwindows")]
    public async Task A_path_below_Users_is_an_id_and_nothing_else(string target)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = RawHttp.Send(host.Origin, "GET", target, $"Authorization: {client.Authorization}");

        answer.ShouldBeError(404);
        (await client.GetAsync("/Users")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override: DELETE")]
    [InlineData("X-HTTP-Method: DELETE")]
    [InlineData("X-Method-Override: DELETE")]
    public async Task The_method_is_what_the_request_line_says(string header)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");

        var answer = RawHttp.Send(host.Origin, "GET", $"/scim/v2/Users/{user.Id}", $"Authorization: {client.Authorization}", header);

        answer.Status.Should().Be(200);
        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
    }
}
