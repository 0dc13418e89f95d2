using FluentAssertions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class IsolationTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Every_route_answers_another_organization_s_token_as_if_the_resource_did_not_exist()
    {
        var owner = await host.CreateOrganizationAsync();
        var stranger = await host.CreateOrganizationAsync();
        var user = await owner.CreateUserAsync("canary", "\"externalId\":\"canary\",\"title\":\"canary\"");
        var group = await owner.CreateGroupAsync("canary group", user.Id);
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/scim", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Method: method, Pattern: endpoint.RoutePattern.RawText!)))
            .ToArray();

        var answers = new List<(string Method, string Pattern, ScimAnswer Answer)>();
        foreach (var (method, pattern) in routes)
        {
            var path = pattern[(pattern.StartsWith("/scim/v2", StringComparison.Ordinal) ? "/scim/v2" : "/scim").Length..].Replace("{id}", pattern.Contains("/Groups/", StringComparison.Ordinal) ? group.Id : user.Id, StringComparison.Ordinal);
            foreach (var query in (string[])["", "?filter=title%20eq%20%22canary%22%20or%20id%20pr"])
            {
                answers.Add((method, pattern, await stranger.SendAsync(method, (pattern.StartsWith("/scim/v2", StringComparison.Ordinal) ? "" : "/..") + path + query, Body(method, pattern), ("If-Match", "*"))));
            }
        }

        routes.Length.Should().BeGreaterThan(12);
        answers.Should().AllSatisfy(sent => sent.Answer.Status.Should().BeLessThan(500, $"{sent.Method} {sent.Pattern}"));
        answers.Where(sent => sent.Pattern.Contains("{id}", StringComparison.Ordinal)).Should()
            .AllSatisfy(sent => sent.Answer.Status.Should().BeOneOf([404, 403], $"{sent.Method} {sent.Pattern}"));
        answers.Where(sent => (sent.Pattern.Contains("/Users/{id}", StringComparison.Ordinal) || sent.Pattern.Contains("/Groups/{id}", StringComparison.Ordinal)) && sent.Method != "HEAD").Should()
            .AllSatisfy(sent => sent.Answer.ShouldBeError(404));
        answers.Should().AllSatisfy(sent => sent.Answer.Text.Should().NotContain("canary"));
        (await owner.GetAsync($"/Users/{user.Id}?excludedAttributes=groups")).Text.Should().Be(user.Text);
        (await owner.GetAsync($"/Groups/{group.Id}")).Text.Should().Be(group.Text);
        (await owner.GetAsync("/Users")).UserNames.Should().Equal("canary");
        (await stranger.FilterAsync("userName ne \"visitor\"")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_conflict_tells_nothing_of_another_organization()
    {
        var owner = await host.CreateOrganizationAsync();
        var stranger = await host.CreateOrganizationAsync();
        await owner.CreateUserAsync("ana", "\"externalId\":\"e1\"");

        var answer = await stranger.PostAsync("/Users", ScimClient.User("ana", "\"externalId\":\"e1\""));
        var conflict = await stranger.PostAsync("/Users", ScimClient.User("ana"));

        answer.Status.Should().Be(201);
        conflict.ShouldBeError(409, "uniqueness");
        conflict.Text.Should().NotContain(owner.Organization);
    }

    [Fact]
    public async Task A_manager_of_another_organization_is_stored_as_sent_and_left_unresolved()
    {
        var owner = await host.CreateOrganizationAsync();
        var stranger = await host.CreateOrganizationAsync();
        var boss = await owner.CreateUserAsync("boss", "\"displayName\":\"canary\"");

        var created = await stranger.CreateUserAsync("ana", $$$"""
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"{{{boss.Id}}}"}}
            """);

        created.Body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]!["manager"].ShouldBeJson($$"""{"value":"{{boss.Id}}"}""");
        (await stranger.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text).And.NotContain("canary");
    }

    [Fact]
    public async Task Groups_are_not_joined_by_writing_a_user()
    {
        var client = await host.CreateOrganizationAsync();
        const string Groups = "\"groups\":[{\"value\":\"g1\",\"display\":\"Admins\"}]";

        var created = await client.CreateUserAsync("ana", Groups);
        var replaced = await client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", Groups));
        var patched = await client.PatchAsync($"/Users/{created.Id}", """{"op":"add","path":"groups","value":[{"value":"g1"}]}""");

        created.Text.Should().NotContain("g1");
        replaced.Text.Should().Be(created.Text);
        patched.ShouldBeError(400, "mutability");
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    private static string? Body(string method, string pattern) => (method, pattern) switch
    {
        ("POST", _) when pattern.EndsWith(".search", StringComparison.Ordinal) => """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"title eq \"canary\" or id pr"}""",
        ("POST" or "PUT", _) when pattern.Contains("/Groups", StringComparison.Ordinal) => ScimClient.Group("visitor"),
        ("POST" or "PUT", _) => ScimClient.User("visitor"),
        ("PATCH", _) => """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"externalId","value":"x"}]}""",
        _ => null,
    };
}
