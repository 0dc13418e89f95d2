using System.Text.Json.Nodes;
using FluentAssertions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Tests.Architecture;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>What went wrong in other implementations of SCIM, each as a case that must not go wrong here.</summary>
public sealed class AbuseCaseTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task An_externalId_never_stands_for_anything_but_itself()
    {
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var first = await client.CreateUserAsync("first");
        var foreign = await other.CreateUserAsync("foreign");
        var texts = new[] { "0", "1", "-1", "9223372036854775807", first.Id, foreign.Id, new string('e', 512), "../Users", $"/Users/{first.Id}", "%31", "true", "null" };

        for (var index = 0; index < texts.Length; index++)
        {
            var created = await client.CreateUserAsync($"user{index}", $"\"externalId\":{JsonValue.Create(texts[index])!.ToJsonString()}");
            var found = await client.FilterAsync($"externalId eq {JsonValue.Create(texts[index])!.ToJsonString()}");
            var byPath = await client.GetAsync($"/Users/{Uri.EscapeDataString(texts[index])}");

            created.Body["externalId"]!.GetValue<string>().Should().Be(texts[index]);
            found.UserNames.Should().Equal($"user{index}");
            byPath.Status.Should().Be(texts[index] == first.Id ? 200 : 404, texts[index]);
        }

        (await client.PostAsync("/Users", ScimClient.User("long", $"\"externalId\":\"{new string('e', 4096)}\""))).ShouldBeError(400, "invalidValue");
        (await client.PostAsync("/Users", ScimClient.User("zero", "\"externalId\":\"1\\u0000\""))).ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync($"/Users/{first.Id}")).Text.Should().Be(first.Text);
        (await other.GetAsync($"/Users/{foreign.Id}")).Text.Should().Be(foreign.Text);
    }

    [Fact]
    public async Task The_id_in_a_body_is_never_the_resource_that_is_changed()
    {
        var client = await host.CreateOrganizationAsync();
        var (named, victim) = (await client.CreateUserAsync("named"), await client.CreateUserAsync("victim"));
        var (group, other) = (await client.CreateGroupAsync("named"), await client.CreateGroupAsync("victim"));
        var (user, team) = ($"\"id\":\"{victim.Id}\",\"title\":\"changed\"", $"\"id\":\"{other.Id}\",");

        var put = await client.PutAsync($"/Users/{named.Id}", ScimClient.User("named", user));
        var putGroup = await client.PutAsync($"/Groups/{group.Id}", ScimClient.Group("changed").Replace("\"displayName\"", $"{team}\"displayName\"", StringComparison.Ordinal));
        var created = await client.PostAsync("/Users", ScimClient.User("new", user));
        var bulk = await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"PUT","path":"/Users/{{named.Id}}","data":{{ScimClient.User("named", user)}}}]}
            """);

        put.Status.Should().BeOneOf(200, 400);
        putGroup.Status.Should().BeOneOf(200, 400);
        created.Status.Should().Be(201);
        created.Id.Should().NotBe(victim.Id);
        bulk.Status.Should().Be(200);
        (await client.GetAsync($"/Users/{victim.Id}")).Text.Should().Be(victim.Text);
        (await client.GetAsync($"/Groups/{other.Id}")).Text.Should().Be(other.Text);
        (await client.FilterAsync("title eq \"changed\"")).UserNames.Should().BeEquivalentTo(["named", "new"]);
    }

    [Fact]
    public async Task Nobody_joins_a_group_by_writing_a_user()
    {
        var client = await host.CreateOrganizationAsync();
        var group = await client.CreateGroupAsync("Administrators");
        var groups = $$"""[{"value":"{{group.Id}}","type":"direct"}]""";
        var user = await client.CreateUserAsync("ana", $"\"groups\":{groups}");

        var put = await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana", $"\"groups\":{groups}"));
        var patches = new[]
        {
            await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"add","path":"groups","value":{{groups}}}"""),
            await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"add","path":"groups[value eq \"{{group.Id}}\"].type","value":"direct"}"""),
            await client.PatchAsync($"/Users/{user.Id}", $$$"""{"op":"replace","value":{"groups":{{{groups}}}}}"""),
        };

        put.Status.Should().Be(200);
        patches.Should().AllSatisfy(answer => answer.ShouldBeError(400, "mutability"));
        (await client.GetAsync($"/Groups/{group.Id}")).Text.Should().Be(group.Text);
        (await client.GetAsync($"/Users/{user.Id}")).Body["groups"].Should().BeNull();
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for_without_end()
    {
        var client = await host.CreateOrganizationAsync();
        using var slow = new RawHttp(host.Origin);
        slow.Write($"POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: {client.Authorization}\r\nContent-Type: application/scim+json\r\nContent-Length: 1000\r\n\r\n{{");

        var answer = slow.ReadAnswer("POST");

        answer.Status.Should().Be(408);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("__proto__.active")]
    [InlineData("__proto__[active pr].role")]
    [InlineData("constructor.prototype.role")]
    [InlineData("name.__proto__")]
    [InlineData("emails[type eq \\\"work\\\"].__proto__")]
    [InlineData("$ref")]
    [InlineData("a.b.c.d.e.f.g.h.i.j")]
    public async Task A_path_reaches_attributes_and_nothing_beside_them(string path)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana", "\"emails\":[{\"value\":\"a@b.example\",\"type\":\"work\"}]");

        var added = await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"add","path":"{{path}}","value":"owner"}""");
        var removed = await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"remove","path":"{{path}}"}""");

        new[] { added, removed }.Should().AllSatisfy(answer => answer.ShouldBeError(400, "invalidPath"));
        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
        (await client.CreateUserAsync("bob")).Body["role"]!.GetValue<string>().Should().Be("member");
    }

    [Fact]
    public async Task What_is_read_only_or_immutable_is_written_in_no_way()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        var group = await client.CreateGroupAsync("Guides", user.Id);
        const string Foreign = "\"id\":\"other\",\"meta\":{\"version\":\"W/\\\"99\\\"\",\"created\":\"2001-01-01T00:00:00Z\",\"location\":\"https://evil.example\"},\"groups\":[{\"value\":\"x\"}]";

        var created = await client.PostAsync("/Users", ScimClient.User("bob", Foreign));
        var put = await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana", Foreign));
        var bulk = await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {"method":"PATCH","path":"/Users/{{user.Id}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"id","value":"other"}]} },
                {"method":"PATCH","path":"/Groups/{{group.Id}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"members[value eq \"{{user.Id}}\"].value","value":"{{created.Id}}"}]} }]}
            """);
        var refused = new List<ScimAnswer>();
        foreach (var operation in (string[])
        [
            """{"op":"replace","path":"id","value":"other"}""", """{"op":"replace","value":{"id":"other"}}""", """{"op":"remove","path":"id"}""",
            """{"op":"replace","path":"meta.created","value":"2001-01-01T00:00:00Z"}""", """{"op":"add","path":"groups","value":[{"value":"x"}]}""", """{"op":"remove","path":"meta"}""",
        ])
        {
            refused.Add(await client.PatchAsync($"/Users/{user.Id}", operation));
        }

        refused.Should().AllSatisfy(answer => answer.ShouldBeError(400, "mutability"));
        bulk.Body["Operations"]!.AsArray().Select(operation => operation!["status"]!.GetValue<string>()).Should().Equal("400", "400");
        created.Text.Should().NotContain("evil").And.NotContain("other").And.NotContain("2001-01-01").And.NotContain("W/\\\"99");
        put.Status.Should().Be(200);
        (await client.GetAsync($"/Users/{user.Id}?excludedAttributes=groups")).Text.Should().Be(user.Text);
        (await client.GetAsync($"/Groups/{group.Id}")).Text.Should().Be(group.Text);
    }

    [Fact]
    public async Task A_list_without_bounds_is_a_page()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUsersAsync(205);

        foreach (var query in (string[])["", "?count=2147483647", "?count=2147483648", "?count=9223372036854775807", "?count=99999999999999999999", "?filter=id%20pr&count=1000000"])
        {
            var answer = await client.GetAsync($"/Users{query}");

            answer.Status.Should().BeOneOf([200, 400], query);
            (answer.Status == 400 || (answer.Resources.Count <= 200 && answer.TotalResults == 205)).Should().BeTrue(query);
        }
    }

    [Fact]
    public async Task What_is_nested_without_end_is_refused_and_ends_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        string[] filters =
        [
            $"{new string('(', 10_000)}id pr{new string(')', 10_000)}", $"{string.Concat(Enumerable.Repeat("not (", 10_000))}id pr{new string(')', 10_000)}", new string('(', 100_000),
            string.Join(" and ", Enumerable.Repeat("id pr", 10_000)), $"a{string.Concat(Enumerable.Repeat(".a", 10_000))} pr", string.Concat(Enumerable.Repeat("emails[", 10_000)), $"userName eq \"{new string('a', 100_000)}",
        ];

        foreach (var filter in filters)
        {
            var text = JsonValue.Create(filter)!.ToJsonString();
            var searched = await client.PostAsync("/Users/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{text}}}""");
            var patched = await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"remove","path":{{JsonValue.Create($"emails[{filter}]")!.ToJsonString()}}}""");

            searched.ShouldBeError(400, "invalidFilter");
            patched.Status.Should().Be(400);
        }

        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
    }

    [Fact]
    public async Task References_in_Bulk_that_form_a_long_chain_or_a_circle_end_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        static string Group(int index, int member) => $$"""{"method":"POST","path":"/Groups","bulkId":"g{{index}}","data":{{ScimClient.Group($"g{index}", $"bulkId:g{member}")}} }""";
        static string Bulk(IEnumerable<string> operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', operations)}}]}""";

        var chain = await client.PostAsync("/Bulk", Bulk(Enumerable.Range(0, 999).Select(index => Group(index, index + 1)).Append($$"""{"method":"POST","path":"/Groups","bulkId":"g999","data":{{ScimClient.Group("g999")}} }""")));
        var circle = await client.PostAsync("/Bulk", Bulk(Enumerable.Range(0, 1000).Select(index => Group(index, (index + 1) % 1000))));

        foreach (var answer in (ScimAnswer[])[chain, circle])
        {
            answer.Status.Should().Be(200);
            answer.Body["Operations"]!.AsArray().Select(operation => operation!["status"]!.GetValue<string>()).Should().HaveCount(1000).And.AllSatisfy(status => status.Should().BeOneOf("201", "400", "409"));
        }

        (await client.GetAsync("/Groups?count=1")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq \"ana\" nonsense")]
    [InlineData("userName eq \"ana\" or")]
    [InlineData("userName eq \"ana\")")]
    [InlineData("userName eq \"ana\" -- ")]
    [InlineData("userName eq 'ana'")]
    [InlineData("nothing eq \"ana\"")]
    [InlineData("1 eq 1")]
    [InlineData("true")]
    [InlineData("*")]
    [InlineData("%")]
    [InlineData(" ")]
    [InlineData("")]
    public async Task A_filter_that_is_not_understood_to_its_end_selects_nobody(string filter)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var searched = await client.PostAsync("/Users/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{JsonValue.Create(filter)!.ToJsonString()}}}""");
        var listed = await client.FilterAsync(filter);

        new[] { searched, listed }.Should().AllSatisfy(answer => answer.ShouldBeError(400, "invalidFilter"));
    }

    [Fact]
    public async Task Nobody_becomes_somebody_else_by_an_email_or_a_name_they_share()
    {
        var client = await host.CreateOrganizationAsync();
        const string Mail = "\"emails\":[{\"value\":\"boss@corp.example\",\"primary\":true}],\"externalId\":\"e1\"";
        var boss = await client.CreateUserAsync("boss@corp.example", $"{Mail},\"role\":\"owner\"");

        var second = await client.PostAsync("/Users", ScimClient.User("other", Mail));
        var same = await client.PostAsync("/Users", ScimClient.User("BOSS@corp.example", "\"role\":\"member\",\"active\":false"));
        var renamed = await client.PatchAsync($"/Users/{second.Id}", """{"op":"replace","path":"userName","value":"Boss@Corp.example"}""");

        second.Status.Should().Be(201);
        second.Id.Should().NotBe(boss.Id);
        second.Body["role"]!.GetValue<string>().Should().Be("member");
        same.ShouldBeError(409, "uniqueness");
        renamed.ShouldBeError(409, "uniqueness");
        (await client.GetAsync($"/Users/{boss.Id}")).Text.Should().Be(boss.Text);
    }

    [Fact]
    public async Task Nothing_that_is_served_administers_organizations_or_tokens()
    {
        var client = await host.CreateOrganizationAsync();
        string[] known = ["Users", "Groups", "Bulk", ".search", "ServiceProviderConfig", "ResourceTypes", "Schemas", "livez", "readyz", "metrics", "oauth", "token", "api", "v1", "events", "ack", "users", "groups", "members", "unacknowledged", "deliveries", "webhooks", "redeliver", "requests", "poll", "issuers", "jwks.json", ".async", "openapi.json"];

        var served = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.RoutePattern.RawText!.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment is not ("scim" or "v2" or "{id}"))).Distinct();
        var answers = new List<ScimAnswer>();
        foreach (var path in (string[])["/Tokens", "/../Tokens", "/../../tokens", "/../../api/organizations", "/../../admin", "/../../organizations", "/Organizations", "/../../console"])
        {
            answers.Add(await client.PostAsync(path, """{"name":"x"}"""));
            answers.Add(await client.GetAsync(path));
        }

        served.Should().BeEquivalentTo(known);
        answers.Should().AllSatisfy(answer => answer.ShouldBeError(404));
    }

    [Fact]
    public async Task Tokens_are_long_random_and_never_given_twice()
    {
        var client = await host.CreateOrganizationAsync();

        var tokens = new List<string>();
        for (var index = 0; index < 50; index++)
        {
            tokens.Add((await host.CreateTokenAsync(client.Organization)).Authorization!["Bearer scimslice_".Length..][..64]);
        }

        // 32 bytes each: over all of them every bit is set about as often as not.
        var bytes = tokens.Select(Convert.FromHexString).ToArray();
        tokens.Should().OnlyHaveUniqueItems();
        Enumerable.Range(0, 256).Select(bit => bytes.Count(token => (token[bit / 8] & (1 << (bit % 8))) != 0)).Should().AllSatisfy(set => set.Should().BeInRange(5, 45));
    }

    [Fact]
    public void No_regular_expression_reads_what_a_client_sends()
    {
        var files = SourceTree.Product.Where(file => file.Code.Contains("Regex", StringComparison.Ordinal) || file.Code.Contains("RegularExpressions", StringComparison.Ordinal));

        // The names that the operator's own schema files give.
        files.Select(file => file.Path).Should().Equal("Infrastructure/Scim/Schemas/CustomSchemaReader.cs");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("short")]
    [InlineData("a secret with blanks 0123456789-0123456789")]
    public async Task An_empty_or_weak_secret_stops_the_start(string secret)
    {
        var start = () => StartedHost.StartAsync("--ScimSlice:Bootstrap:Token", secret);

        await start.Should().ThrowAsync<ConfigurationException>();
    }
}
