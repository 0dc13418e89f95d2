using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Features.Users;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Events;

/// <summary>What each change appends, and that what changes nothing appends nothing.</summary>
public sealed class EventsTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_user_that_is_created_is_told_with_all_it_has_and_by_whom()
    {
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);

        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\",\"password\":\"secret\",\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"Labs\"}");

        var told = (await feed.ReadAsync()).Should().ContainSingle().Which;
        var record = (await host.SendAsync(new ListAuditRecords.Query(client.Organization, Resource: ana.Id))).Records.Should().ContainSingle().Which;
        told["type"]!.GetValue<string>().Should().Be("user.created");
        told["position"]!.GetValue<long>().Should().Be(1);
        told["id"]!.GetValue<string>().Should().Be($"{record.OrganizationId}-1");
        told["organization"]!.GetValue<string>().Should().Be(record.OrganizationId);
        told["resource"]!.ShouldBeJson($$"""{ "type": "User", "id": "{{ana.Id}}", "version": 1 }""");
        told["after"]!.ShouldBeJson("""{ "userName": "ana", "title": "Lead", "active": true, "role": "member", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Labs" } }""");
        told["before"].Should().BeNull();
        told["requestId"]!.GetValue<string>().Should().Be(record.RequestId);
        told["actor"]!.ShouldBeJson($$"""{ "kind": "token", "id": "{{client.TokenId}}" }""");
        DateTimeOffset.Parse(told["at"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).Should().BeCloseTo(host.Clock.GetUtcNow(), TimeSpan.FromMinutes(1));
        told.ToJsonString().Should().NotContain("secret");
    }

    [Fact]
    public async Task A_changed_user_is_told_with_what_changed_before_and_after()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\",\"nickName\":\"A\",\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"Labs\",\"division\":\"D\"}");
        var feed = await Feed.OfAsync(host, client, next: 1);

        await client.PatchAsync($"/Users/{ana.Id}", """
            {"op":"replace","path":"title","value":"Boss"},{"op":"remove","path":"nickName"},{"op":"add","path":"displayName","value":"Ana"},
            {"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Sales"}
            """);

        var told = (await feed.ReadAsync()).Should().ContainSingle().Which;
        told["type"]!.GetValue<string>().Should().Be("user.updated");
        told["before"]!.ShouldBeJson("""{ "title": "Lead", "nickName": "A", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Labs" } }""");
        told["after"]!.ShouldBeJson("""{ "title": "Boss", "displayName": "Ana", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Sales" } }""");
    }

    [Fact]
    public async Task What_becomes_of_an_account_and_of_its_role_is_told_by_itself()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"role\":\"guest\"");
        var feed = await Feed.OfAsync(host, client, next: 1);

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","value":{"active":false,"role":"member","title":"x"}}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":true}""");
        await client.DeleteAsync($"/Users/{ana.Id}");
        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));

        var told = await feed.ReadAsync();
        Feed.Lines(told).Should().Equal(
            $"user.updated {ana.Id} 2", $"user.role_changed {ana.Id} 2", $"user.deactivated {ana.Id} 2", $"user.reactivated {ana.Id} 3", $"user.deleted {ana.Id} 3", $"user.restored {ana.Id} 4");
        told[1]!["before"]!.ShouldBeJson("""{ "role": "guest", "effectiveRole": "guest" }""");
        told[1]!["after"]!.ShouldBeJson("""{ "role": "member", "effectiveRole": "member" }""");
        told[2]!["after"]!.ShouldBeJson("""{ "active": false }""");
        told[4]!["before"]!["userName"]!.GetValue<string>().Should().Be("ana");
        told[5]!["after"]!["title"]!.GetValue<string>().Should().Be("x");
        told[5]!["actor"]!["kind"]!.GetValue<string>().Should().NotBe("token");
    }

    [Fact]
    public async Task Members_that_come_and_go_are_told_one_by_one()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"));
        var feed = await Feed.OfAsync(host, client, next: 2);

        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        var all = await client.CreateGroupAsync("All", crew.Id);
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"},{"value":"{{bob.Id}}"}]},{"op":"replace","path":"displayName","value":"The crew"}""");
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"},{"op":"add","path":"members","value":[{"value":"{{bob.Id}}"}]}""");
        await client.PutAsync($"/Groups/{crew.Id}", ScimClient.Group("The crew", bob.Id));
        await client.DeleteAsync($"/Users/{bob.Id}");
        await client.DeleteAsync($"/Groups/{crew.Id}");

        var told = await feed.ReadAsync();
        Feed.Lines(told).Should().Equal(
            $"group.created {crew.Id} 1", $"group.member_added {crew.Id} 1 {ana.Id}",
            $"group.created {all.Id} 1", $"group.member_added {all.Id} 1 {crew.Id}",
            $"group.updated {crew.Id} 2", $"group.member_added {crew.Id} 2 {bob.Id}",
            $"group.member_removed {crew.Id} 3 {ana.Id}",
            $"group.member_removed {crew.Id} 4 {bob.Id}", $"user.deleted {bob.Id} 1",
            $"group.member_removed {all.Id} 2 {crew.Id}", $"group.deleted {crew.Id} 4");
        told[3]!["member"]!["type"]!.GetValue<string>().Should().Be("Group");
        told[4]!["before"]!.ShouldBeJson("""{ "displayName": "Crew" }""");
    }

    [Fact]
    public async Task A_user_that_comes_back_into_its_groups_is_told_as_their_member()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        await client.DeleteAsync($"/Users/{ana.Id}");
        var feed = await Feed.OfAsync(host, client);
        await feed.ReadAsync();

        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));

        Feed.Lines(await feed.ReadAsync()).Should().Equal($"user.restored {ana.Id} 2", $"group.member_added {crew.Id} 3 {ana.Id}");
    }

    [Fact]
    public async Task What_changes_nothing_or_is_refused_is_told_to_nobody()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");
        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        var feed = await Feed.OfAsync(host, client);
        await feed.ReadAsync();

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Lead"}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"password","value":"secret"}""");
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""");
        await client.PutAsync($"/Groups/{crew.Id}", ScimClient.Group("Crew", ana.Id));
        await client.PostAsync("/Users", ScimClient.User("ana"));
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":"never"}""");
        await client.PatchAsync($"/Groups/{crew.Id}", """{"op":"add","path":"members","value":[{"value":"nobody"}]}""");
        await client.DeleteAsync($"/Users/{ana.Id}", ("If-Match", "W/\"7\""));

        (await feed.ReadAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Each_operation_of_a_Bulk_request_tells_what_it_did_and_those_that_fail_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("taken");
        var feed = await Feed.OfAsync(host, client, next: 1);

        await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {"method":"POST","path":"/Users","bulkId":"a","data":{{ScimClient.User("ana")}} },
                {"method":"POST","path":"/Users","bulkId":"b","data":{{ScimClient.User("taken")}} },
                {"method":"POST","path":"/Groups","bulkId":"c","data":{{ScimClient.Group("Crew", "bulkId:a")}} }]}
            """);

        var told = await feed.ReadAsync();
        told.Select(found => found["type"]!.GetValue<string>()).Should().Equal("user.created", "group.created", "group.member_added");
        told.Select(found => found["requestId"]!.GetValue<string>()).Distinct().Should().ContainSingle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_user_that_is_erased_events_keep_no_value(bool live)
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("zqana", "\"title\":\"zqtitle\"");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"zqother"}""");
        if (!live)
        {
            await client.DeleteAsync($"/Users/{ana.Id}");
        }

        await host.SendAsync(new PurgeUser.Command(client.Organization, ana.Id));

        var feed = await Feed.OfAsync(host, client);
        var told = await feed.ReadAsync();
        Feed.Lines(told).Should().Equal($"user.created {ana.Id} 1", $"user.updated {ana.Id} 2", $"user.deleted {ana.Id} 2");
        told.Should().OnlyContain(found => found["before"] == null && found["after"] == null);
    }
}
