using System.Text.RegularExpressions;
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

    /// <summary>ID stands for an id, OWN and TEAM for a user and a group of the organization that asks.</summary>
    [Theory]
    [InlineData("GET", "/Users/ID", null)]
    [InlineData("HEAD", "/Users/ID", null)]
    [InlineData("OPTIONS", "/Users/ID", null)]
    [InlineData("TRACE", "/Users/ID", null)]
    [InlineData("X", "/Users/ID", null)]
    [InlineData("DELETE", "/Users/ID", null)]
    [InlineData("GET", "/../Users/ID", null)]
    [InlineData("GET", "/Groups/ID", null)]
    [InlineData("GET", "/Groups/ID?membersCount=1", null)]
    [InlineData("GET", "/Groups/TEAM?membersCount=1&membersAfter=ID", null)]
    [InlineData("GET", "/Users?filter=id%20eq%20%22ID%22", null)]
    [InlineData("GET", "/Users?filter=groups.value%20eq%20%22ID%22", null)]
    [InlineData("GET", "/Users?filter=not%20(id%20ne%20%22ID%22)%20or%20groups%5Bvalue%20eq%20%22ID%22%5D", null)]
    [InlineData("GET", "/Users?filter=manager.value%20eq%20%22ID%22%20or%20externalId%20eq%20%22ID%22", null)]
    [InlineData("GET", "/Groups?filter=members.value%20eq%20%22ID%22%20or%20members%5Bvalue%20sw%20%22ID%22%5D", null)]
    [InlineData("GET", "/?filter=id%20eq%20%22ID%22", null)]
    [InlineData("POST", "/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"id eq \"ID\" or not (id ne \"ID\")"}""")]
    [InlineData("PUT", "/Users/ID", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x"}""")]
    [InlineData("PATCH", "/Users/ID", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}""")]
    [InlineData("PUT", "/Groups/ID", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"x"}""")]
    [InlineData("PATCH", "/Groups/ID", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"OWN"}]}]}""")]
    [InlineData("DELETE", "/Groups/ID", null)]
    [InlineData("POST", "/Groups", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"x","members":[{"value":"ID"}]}""")]
    [InlineData("POST", "/Groups", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"x","members":[{"value":"ID","type":"Group"},{"value":"OWN"}]}""")]
    [InlineData("PUT", "/Groups/TEAM", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"x","members":[{"value":"ID"}]}""")]
    [InlineData("PATCH", "/Groups/TEAM", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"ID"}]}]}""")]
    [InlineData("PATCH", "/Groups/TEAM", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"ID\"]"}]}""")]
    [InlineData("PATCH", "/Groups/TEAM", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"members[value eq \"ID\"].display","value":"x"}]}""")]
    [InlineData("PATCH", "/Users/OWN", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"groups","value":[{"value":"ID"}]}]}""")]
    [InlineData("PATCH", "/Users/OWN", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"manager","value":{"value":"ID"}}]}""")]
    [InlineData("POST", "/Bulk", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"DELETE","path":"/Users/ID"},{"method":"DELETE","path":"/Groups/ID"},{"method":"PATCH","path":"/Groups/TEAM","data":{"Operations":[{"op":"add","path":"members","value":[{"value":"ID"}]}]}}]}""")]
    [InlineData("POST", "/Bulk", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"PATCH","path":"/Groups/TEAM","data":{"Operations":[{"op":"add","path":"members","value":[{"value":"bulkId:ID"}]}]}}]}""")]
    public async Task The_id_of_another_organization_s_user_or_group_is_as_good_as_none(string method, string path, string? body)
    {
        var (owner, stranger) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var user = await owner.CreateUserAsync("canary", "\"title\":\"canary\"");
        var group = await owner.CreateGroupAsync("canary group", user.Id);
        var (own, team) = (await stranger.CreateUserAsync("own"), await stranger.CreateGroupAsync("team"));
        var before = new[] { await owner.GetAsync($"/Users/{user.Id}"), await owner.GetAsync($"/Groups/{group.Id}") };
        async Task<string> AskAsync(string id)
        {
            string With(string text) => text.Replace("ID", id, StringComparison.Ordinal).Replace("OWN", own.Id, StringComparison.Ordinal).Replace("TEAM", team.Id, StringComparison.Ordinal);
            var answer = await stranger.SendAsync(method, With(path), body is null ? null : With(body));
            answer.Status.Should().BeLessThan(500);
            return Masked($"{answer.Status} {answer.Headers} {answer.ContentHeaders} {answer.Text}", id);
        }

        var unknown = await AskAsync(Guid.CreateVersion7().ToString());
        var answers = new[] { await AskAsync(user.Id), await AskAsync(group.Id) };

        answers.Should().AllBe(unknown);
        unknown.Should().NotContain("canary");
        (await owner.GetAsync($"/Users/{user.Id}")).Text.Should().Be(before[0].Text);
        (await owner.GetAsync($"/Groups/{group.Id}")).Text.Should().Be(before[1].Text);
    }

    [Fact]
    public async Task A_cursor_of_another_organization_shows_nothing_of_it()
    {
        var (owner, stranger) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        foreach (var client in (ScimClient[])[owner, stranger])
        {
            var word = client == owner ? "canary" : "own";
            await client.CreateUsersAsync(3, word);
            await client.CreateGroupAsync($"{word} 1");
            await client.CreateGroupAsync($"{word} 2");
        }

        foreach (var list in (string[])["/Users?cursor&count=1", "/Groups?cursor&count=1", "/Users?cursor&count=1&sortBy=userName", "/Users?cursor&count=1&filter=id%20pr"])
        {
            var cursor = (await owner.GetAsync(list)).Body["nextCursor"]!.GetValue<string>();
            var answers = new[]
            {
                await stranger.GetAsync(list.Replace("cursor", $"cursor={Uri.EscapeDataString(cursor)}", StringComparison.Ordinal)),
                await stranger.GetAsync($"/Groups?cursor={Uri.EscapeDataString(cursor)}"),
                await stranger.PostAsync($"{list[..list.IndexOf('?', StringComparison.Ordinal)]}/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"cursor":"{{cursor}}","count":1}"""),
                await stranger.PostAsync("/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"cursor":"{{cursor}}"}"""),
            };

            answers.Should().AllSatisfy(answer =>
            {
                answer.Status.Should().Be(400);
                answer.Text.Should().NotContain("canary");
            });
            (await owner.GetAsync(list.Replace("cursor", $"cursor={Uri.EscapeDataString(cursor)}", StringComparison.Ordinal))).Status.Should().Be(200);
        }
    }

    [Theory]
    [InlineData("title eq \"canary\" or title eq \"own\"")]
    [InlineData("not (title eq \"own\") or title eq \"own\"")]
    [InlineData("not (title eq \"nothing\")")]
    [InlineData("title ne \"nothing\" and (id pr or userName pr)")]
    [InlineData("id pr or title eq \"canary\" or not (id pr)")]
    [InlineData("title co \"' or 1=1 --\" or title pr")]
    [InlineData("emails[value co \"@\" or not (type pr)] or title pr")]
    public async Task No_filter_widens_a_list_beyond_the_organization(string filter)
    {
        var (owner, stranger) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        await owner.CreateUserAsync("canary", "\"title\":\"canary\"");
        await stranger.CreateUserAsync("own", "\"title\":\"own\"");

        var answer = await stranger.FilterAsync(filter);

        answer.UserNames.Should().Equal("own");
        answer.TotalResults.Should().Be(1);
    }

    /// <summary>Without what differs from one request to the next: the id that was asked for, versions and times.</summary>
    private static string Masked(string text, string id) => Regex.Replace(
        text.Replace(id, "ID", StringComparison.OrdinalIgnoreCase), """W/\\?"\d+\\?"|\d{4}-\d\d-\d\dT[0-9:.]+Z|Date: [^\r\n]*|Content-Length: \d+""", "~");

    private static string? Body(string method, string pattern) => (method, pattern) switch
    {
        ("POST", _) when pattern.EndsWith(".search", StringComparison.Ordinal) => """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"title eq \"canary\" or id pr"}""",
        ("POST" or "PUT", _) when pattern.Contains("/Groups", StringComparison.Ordinal) => ScimClient.Group("visitor"),
        ("POST" or "PUT", _) => ScimClient.User("visitor"),
        ("PATCH", _) => """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"externalId","value":"x"}]}""",
        _ => null,
    };
}
