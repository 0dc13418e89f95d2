using FluentAssertions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class TokenAuthenticationTests(ScimHost host) : IClassFixture<ScimHost>
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"];

    [Fact]
    public async Task A_request_without_credentials_is_401_and_told_the_scheme_only()
    {
        var client = host.CreateClient();

        var answer = await client.GetAsync("/Users");

        answer.ShouldBeError(401);
        answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer realm=\"scim\"");
    }

    /// <summary>TOKEN stands for a valid token.</summary>
    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer    ")]
    [InlineData("bearer null")]
    [InlineData("Bearer undefined")]
    [InlineData("Bearer wrong")]
    [InlineData("TOKEN")]
    [InlineData("BearerTOKEN")]
    [InlineData("Bearer\tTOKEN")]
    [InlineData("Bearer TOKEN, Bearer TOKEN")]
    [InlineData("Bearer TOKEN,TOKEN")]
    [InlineData("Bearer TOKEN TOKEN")]
    [InlineData("Bearer \"TOKEN\"")]
    [InlineData("Bearer TOKENx")]
    [InlineData("Bearer xTOKEN")]
    [InlineData("Token TOKEN")]
    [InlineData("Basic TOKEN")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Digest username=\"x\"")]
    [InlineData("Bearer Bearer TOKEN")]
    public async Task A_malformed_or_unknown_credential_is_401(string authorization)
    {
        var valid = await host.CreateOrganizationAsync();
        var client = host.CreateClient(authorization.Replace("TOKEN", valid.Authorization!["Bearer ".Length..], StringComparison.Ordinal));

        var answer = await client.GetAsync("/Users");

        answer.ShouldBeError(401);
        answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer realm=\"scim\", error=\"invalid_token\"");
        answer.Text.Should().NotContain(valid.Authorization["Bearer ".Length..]);
    }

    [Fact]
    public async Task Two_Authorization_headers_are_401()
    {
        var valid = await host.CreateOrganizationAsync();

        var answer = RawHttp.Send(host.Origin, "GET", "/scim/v2/Users", $"Authorization: {valid.Authorization}", $"Authorization: {valid.Authorization}");

        answer.ShouldBeError(401);
        (await valid.GetAsync("/Users")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_token_counts_in_its_header_only()
    {
        var valid = await host.CreateOrganizationAsync();
        var token = valid.Authorization!["Bearer ".Length..];
        var client = host.CreateClient();

        var inQuery = await client.GetAsync($"/Users?access_token={token}");
        var inCookie = await client.GetAsync("/Users", ("Cookie", $"Authorization={token}; access_token={token}"));
        var inBody = await client.PostAsync("/Users", $"access_token={token}", ("Content-Type", "application/x-www-form-urlencoded"));
        var elsewhere = await client.GetAsync("/Users", ("X-Api-Key", token), ("Proxy-Authorization", $"Bearer {token}"));

        new[] { inQuery, inCookie, inBody, elsewhere }.Should().AllSatisfy(answer => answer.ShouldBeError(401));
    }

    [Theory]
    [InlineData("bearer ")]
    [InlineData("BEARER ")]
    [InlineData("Bearer   ")]
    public async Task The_scheme_is_read_in_any_case(string scheme)
    {
        var valid = await host.CreateOrganizationAsync();
        var client = host.CreateClient($"{scheme}{valid.Authorization!["Bearer ".Length..]}");

        var answer = await client.GetAsync("/Users");

        answer.Status.Should().Be(200);
    }

    [Fact]
    public async Task Every_route_refuses_every_method_without_a_token()
    {
        var targets = Routes().Append("/scim/v2/Nothing").Append("/scim/v2").Append("/nothing").Append("/").ToArray();

        var answers = targets.SelectMany(target => Methods.Select(method => (method, target, Answer: RawHttp.Send(host.Origin, method, target, "Content-Length: 0")))).ToArray();

        targets.Length.Should().BeGreaterThan(10);
        answers.Should().AllSatisfy(sent => sent.Answer.Status.Should().Be(401, $"{sent.method} {sent.target} needs a token"));
        answers.Should().AllSatisfy(sent => sent.Answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer realm=\"scim\""));
        answers.Where(sent => sent.method != "HEAD").Should().AllSatisfy(sent => sent.Answer.ShouldBeError(401));
        (await host.CreateClient().GetAsync("/Users")).ShouldBeError(401);
    }

    [Fact]
    public async Task Discovery_needs_the_token_too()
    {
        var client = host.CreateClient();

        var answers = await Task.WhenAll(((string[])["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas"]).Select(path => client.GetAsync(path)));

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(401));
    }

    [Fact]
    public async Task A_token_that_may_read_cannot_change_anything()
    {
        var writer = await host.CreateOrganizationAsync();
        var reader = await host.CreateTokenAsync(writer.Organization, TokenScope.Read);
        var user = await writer.CreateUserAsync("ana");

        var refused = new[]
        {
            await reader.PostAsync("/Users", ScimClient.User("bob")),
            await reader.PutAsync($"/Users/{user.Id}", ScimClient.User("bob")),
            await reader.PatchAsync($"/Users/{user.Id}", """{"op":"replace","path":"title","value":"x"}"""),
            await reader.DeleteAsync($"/Users/{user.Id}"),
            await reader.DeleteAsync("/Users/unknown"),
            await reader.PostAsync("/Users", "not JSON"),
        };

        refused.Should().AllSatisfy(answer => answer.ShouldBeError(403));
        refused.Should().AllSatisfy(answer => answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"write\""));
        (await reader.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
        (await reader.PostAsync("/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}""")).TotalResults.Should().Be(1);
        (await reader.GetAsync("/Schemas")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_revoked_token_is_401_within_a_second_and_another_one_lives_on()
    {
        var first = await host.CreateOrganizationAsync();
        var second = await host.CreateTokenAsync(first.Organization);
        (await first.GetAsync("/Users")).Status.Should().Be(200);

        await host.SendAsync(new RevokeToken.Command(first.Organization, first.TokenId));
        await Eventually.BeAsync(async () => (await first.GetAsync("/Users")).Status == 401);

        (await first.GetAsync("/Users")).Headers.WwwAuthenticate.ToString().Should().Contain("invalid_token");
        (await second.GetAsync("/Users")).Status.Should().Be(200);
    }

    [Fact]
    public async Task An_expired_token_is_401_at_once()
    {
        var client = await host.CreateOrganizationAsync();
        var expiring = await host.CreateTokenAsync(client.Organization, lifetime: TimeSpan.FromDays(1));
        (await expiring.GetAsync("/Users")).Status.Should().Be(200);

        host.Clock.Advance(TimeSpan.FromDays(1));

        (await expiring.GetAsync("/Users")).ShouldBeError(401);
        (await client.GetAsync("/Users")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public void Probes_and_metrics_need_no_token(string path)
    {
        var answer = RawHttp.Send(host.Origin, "GET", path);

        answer.Status.Should().Be(200);
    }

    /// <summary>Targets as a client would write them, for every route that SCIM is served by.</summary>
    private string[] Routes() =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.Trim('/').Replace("{id}", "1", StringComparison.Ordinal)}")
            .Where(target => target.StartsWith("/scim", StringComparison.Ordinal))
            .Distinct(),
    ];
}
