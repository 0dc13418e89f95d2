using System.Text.Json.Nodes;
using FluentAssertions;
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
}
