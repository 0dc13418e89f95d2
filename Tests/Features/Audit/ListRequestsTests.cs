using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Audit;

/// <summary>GET /api/v1/requests: what each request said and did.</summary>
public sealed class ListRequestsTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact]
    public async Task A_change_tells_what_was_asked_what_was_answered_and_what_it_did()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", $$"""
            "title":"Lead","{{Enterprise}}":{"department":"Tours"}
            """);
        await client.PatchAsync($"/Users/{ana.Id}", $$"""
            {"op":"Replace","path":"title","value":"Head"},{"op":"replace","path":"active","value":"False"},{"op":"replace","path":"{{Enterprise}}:department","value":"Sales"}
            """);

        var requests = await RequestsAsync(client, 2);

        var created = requests.Single(request => Text(request, "operation") == "CreateUser");
        $"{created["method"]} {created["path"]} {created["status"]}".Should().Be("POST /scim/v2/Users 201");
        created["changes"]!.AsArray().Single()!["attributes"]!.AsArray().Select(name => name!.GetValue<string>()).Should().Contain(["userName", "title", $"{Enterprise}:department"]);
        var patched = requests[^1];
        $"{patched["method"]} {patched["path"]} {patched["status"]}".Should().Be($"PATCH /scim/v2/Users/{ana.Id} 200");
        patched["credential"].ShouldBeJson($$"""{"kind":"token","id":"{{client.TokenId}}"}""");
        patched["resource"].ShouldBeJson($$"""{"type":"User","id":"{{ana.Id}}","version":2}""");
        patched["durationMs"]!.GetValue<double>().Should().BePositive();
        patched["quirks"].ShouldBeJson("""["BooleanAsText"]""");
        patched["changes"].ShouldBeJson($$"""
            [{"type":"user.deactivated","attributes":["active"],"before":{"active":true},"after":{"active":false} },
            {"type":"user.updated","attributes":["title","{{Enterprise}}:department"],"before":{"title":"Lead","{{Enterprise}}":{"department":"Tours"} },"after":{"title":"Head","{{Enterprise}}":{"department":"Sales"} } }]
            """);
    }

    [Fact]
    public async Task The_id_that_an_error_ends_with_finds_the_request()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var refused = await client.PostAsync("/Users", ScimClient.User("ANA"));
        var found = await FindAsync(client, refused);

        refused.Raw.Should().Contain($" (request {refused.RequestId})\"");
        $"{found["method"]} {found["path"]} {found["status"]} {found["scimType"]} {found["detail"]}".Should().Be(
            "POST /scim/v2/Users 409 uniqueness userName: a user of this organization has this name already, active or not.");
        found["durationMs"]!.GetValue<double>().Should().BePositive();
        found["changes"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task Every_error_ends_with_the_id_of_its_request()
    {
        var client = await host.CreateOrganizationAsync();
        var events = await EventsAsync(client);

        ScimAnswer[] answers =
        [
            await host.CreateClient().GetAsync("/Users"),
            await host.CreateClient("Bearer wrong").GetApiAsync("/requests"),
            await client.GetAsync("/Users/nobody"),
            await client.GetAsync("/nothing"),
            await client.PutAsync("/Users", "{}"),
            await client.PostAsync("/Users", "{"),
            await client.GetApiAsync("/requests"),
            await events.GetApiAsync("/requests?limit=0"),
            await events.GetApiAsync("/nothing"),
        ];

        answers.Should().OnlyContain(answer => answer.Status >= 400 && answer.RequestId != null);
        answers.Select(answer => answer.RequestId).Should().OnlyHaveUniqueItems();
        answers.Where(answer => answer.Body["requestId"] is not null).Should().HaveCount(4).And.OnlyContain(answer => answer.Body["requestId"]!.GetValue<string>() == answer.RequestId);
    }

    [Fact]
    public async Task What_is_foreign_and_what_is_unknown_are_told_alike_but_for_the_request()
    {
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var foreign = await other.CreateUserAsync("ana");
        var unknown = $"{foreign.Id[..^1]}{(foreign.Id[^1] == '0' ? '1' : '0')}";

        var (one, two) = (await client.GetAsync($"/Users/{foreign.Id}"), await client.GetAsync($"/Users/{unknown}"));

        one.Text.Replace(foreign.Id, unknown, StringComparison.Ordinal).Should().Be(two.Text);
        one.RequestId.Should().NotBe(two.RequestId);
        var (first, second) = (await FindAsync(client, one), await FindAsync(client, two));
        Text(first, "detail").Replace(foreign.Id, unknown, StringComparison.Ordinal).Should().Be(Text(second, "detail"));
    }

    [Fact]
    public async Task A_change_that_found_all_as_it_would_make_it_is_there_too()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");
        var staff = await client.CreateGroupAsync("Staff", ana.Id);

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Lead"}""");
        await client.PatchAsync($"/Groups/{staff.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""");
        await client.GetAsync("/Users");

        var requests = (await RequestsAsync(client, 5)).SkipLast(1).ToArray();
        requests.TakeLast(2).Select(request => $"{request["method"]} {request["path"]} {request["status"]} {request["operation"]}").Should().Equal(
            $"PATCH /scim/v2/Users/{ana.Id} 200 ", $"PATCH /scim/v2/Groups/{staff.Id} 204 ");
        requests.Should().HaveCount(4);
    }

    [Fact]
    public async Task Each_operation_of_a_Bulk_request_tells_of_itself_and_its_errors_name_the_request()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");

        var bulk = await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {"method":"POST","path":"/Users","bulkId":"b","data":{{ScimClient.User("bob", "\"active\":\"True\"")}} },
                {"method":"PATCH","path":"/Users/{{ana.Id}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Lead"}]} },
                {"method":"DELETE","path":"/Users/nobody"},
                {"method":"PATCH","path":"/Users/bulkId:b","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Head"}]} },
                {"method":"DELETE","path":"/Users/bulkId:b"}]}
            """);
        var requests = (await RequestsAsync(client, 6)).Where(request => Text(request, "path").StartsWith("/Bulk", StringComparison.Ordinal)).ToArray();
        var bob = requests.Select(request => request["resource"]?["id"]?.GetValue<string>()).First(id => id is not null);

        bulk.Status.Should().Be(200, bulk.Text);
        requests.Select(request => $"{request["method"]} {request["path"]} {request["status"]} {string.Join(',', request["quirks"]!.AsArray())} {string.Join(',', request["changes"]!.AsArray().Select(change => change!["type"]))}").Should().BeEquivalentTo(
            "POST /Bulk/Users 201 BooleanAsText user.created",
            $"PATCH /Bulk/Users/{bob} 200  user.updated",
            $"DELETE /Bulk/Users/{bob} 204  user.deleted",
            $"PATCH /Bulk/Users/{ana.Id} 200  ",
            "DELETE /Bulk/Users/{id} 404  ");
        var id = requests.Select(request => Text(request, "requestId")).Distinct().Should().ContainSingle().Which;
        JsonNode.Parse(bulk.Raw)!["Operations"]![2]!["response"]!["detail"]!.GetValue<string>().Should().Be($"There is no User with the id 'nobody'. (request {id})");
        requests.Should().OnlyContain(request => request["durationMs"] != null);
    }

    [Fact]
    public async Task Members_that_come_and_go_are_counted()
    {
        var client = await host.CreateOrganizationAsync();
        string[] ids = [(await client.CreateUserAsync("ana")).Id, (await client.CreateUserAsync("bob")).Id];
        var staff = await client.CreateGroupAsync("Staff", ids);
        await client.PatchAsync($"/Groups/{staff.Id}", $$"""{"op":"remove","path":"members[value eq \"{{ids[0]}}\"]"}""");

        var requests = await RequestsAsync(client, 4);

        requests[^2]["changes"]!.AsArray().Select(change => $"{change!["type"]} {change["members"]}").Should().Equal("group.created ", "group.member_added 2");
        requests[^1]["changes"].ShouldBeJson($$"""[{"type":"group.member_removed","members":1,"member":"{{ids[0]}}"}]""");
    }

    [Fact]
    public async Task Sensitive_values_are_replaced_and_those_of_a_purged_user_are_gone()
    {
        var client = await host.CreateOrganizationAsync();
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, null, null, null, null, Sensitive: ["emails.value", "name.familyName", $"{Enterprise}:employeeNumber", "nickName"]));
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        var ana = await client.CreateUserAsync("ana", $$"""
            "title":"Lead","nickName":"canary","name":{"givenName":"Ana","familyName":"canary"},"emails":[{"value":"canary@example.com","type":"work"}],"{{Enterprise}}":{"employeeNumber":"canary","department":"Tours"}
            """);

        var before = (await RequestsAsync(client, 1)).Single(request => Text(request, "operation") == "CreateUser");
        await client.DeleteAsync($"/Users/{ana.Id}");
        await host.SendAsync(new PurgeUser.Command(client.Organization, ana.Id));
        var after = (await RequestsAsync(client, 2)).Single(request => Text(request, "operation") == "CreateUser");

        var values = before["changes"]![0]!["after"]!;
        before.ToJsonString().Should().NotContain("canary");
        $"{values["title"]} {values["nickName"]} {values["name"]!["givenName"]} {values["name"]!["familyName"]} {values["emails"]![0]!["value"]} {values["emails"]![0]!["type"]} {values[Enterprise]!["employeeNumber"]} {values[Enterprise]!["department"]}"
            .Should().Be("Lead … Ana … … work … Tours");
        after["changes"].ShouldBeJson("""[{"type":"user.created","attributes":[]}]""");
    }

    [Fact]
    public async Task A_detail_is_kept_without_what_the_client_wrote_but_with_ids_and_attributes()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var staff = await client.CreateGroupAsync("Staff");
        var gone = $"{ana.Id[..^1]}{(ana.Id[^1] == '0' ? '1' : '0')}";

        (ScimAnswer Answer, string? Kept)[] refused =
        [
            (await client.GetAsync("/Users/canary@example.com"), "There is no User with the id '…'."),
            (await client.GetAsync($"/Users/{gone}"), $"There is no User with the id '{gone}'."),
            (await client.PatchAsync($"/Groups/{staff.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{gone}}"},{"value":"canary"}]}"""), $"members: there is no User or Group with the id '{gone}', '…'."),
            (await client.PatchAsync($"/Groups/{staff.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}","type":"canary"}]}"""), null),
            (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"emails[value eq \"canary\"].type","value":"work"}"""), "No value of 'emails' matches the filter in '…'."),
            (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"canary","value":"work"}"""), "A User has no attribute '…'."),
            (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"name.canary","value":"work"}"""), null),
            (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"a canary[","value":"work"}"""), null),
            (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","value":{"canary key":"x"} }"""), null),
            (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"canary","path":"title"}"""), null),
            (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"emails","value":[{"type":{"canary":1} }]}"""), null),
            (await client.FilterAsync("canary eq \"canary\""), "A User has no attribute '…'."),
            (await client.FilterAsync("emails[canary eq \"canary\"]"), null),
            (await client.FilterAsync("title eq canary"), null),
            (await client.GetAsync("/Users?sortBy=canary"), "sortBy: a User has no attribute '…'."),
            (await client.GetAsync("/Users?sortBy=password"), null),
            (await client.GetAsync("/Users?count=canary"), null),
            (await client.GetAsync("/Users?cursor=canary"), null),
            (await client.GetAsync("/Schemas/canary"), "There is no schema '…'."),
            (await client.PostAsync("/Users", """{"canary":1,"canary":2}"""), null),
            (await client.PostAsync("/Users", """{"canary":1,"CANARY":2}"""), "… is given twice in one object."),
            (await client.PostAsync("/Users", $$"""{"{{Enterprise}}":{"canary":1,"CANARY":2} }"""), $"{Enterprise}:… is given twice in one object."),
            (await client.PostAsync("/Users", ScimClient.User("bob", "\"active\":\"canary\",\"name\":{\"canary\":1,\"CANARY\":2}")), null),
            (await client.PostAsync("/Users", ScimClient.User("bob", "\"role\":\"canary\"")), null),
            (await client.PostAsync("/Users", """{"schemas":["urn:canary"],"userName":"canary"}"""), null),
            (await client.PostAsync("/Bulk", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"DELETE","path":"/Users/1","bulkId":"canary"},{"method":"DELETE","path":"/Users/2","bulkId":"canary"}]}"""), null),
            (await client.SendAsync("CANARY", "/Users", null), null),
            (await (await EventsAsync(client)).GetApiAsync("/events?canary=1"), null),
            (await client.GetAsync("/canary"), null),
        ];
        await client.PostAsync("/Bulk", """
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {"method":"DELETE","path":"/canary/1"},{"method":"CANARY","path":"/Users/canary"},{"method":"POST","path":"/Users","data":{"manager":"bulkId:canary"} },
                {"method":"POST","path":"/Groups","bulkId":"canary","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"canary","members":[{"value":"bulkId:canary"}]} }]}
            """);

        var failed = refused.Where(sent => sent.Answer.Status >= 400).ToArray();
        failed.Should().HaveCountGreaterThan(24);
        var requests = await RequestsAsync(client, failed.Length + 6);
        string.Join('\n', requests.Where(request => request["status"]?.GetValue<int>() >= 400).Select(request => request.ToJsonString())).Should().NotContainEquivalentOf("canary");
        failed.Where(sent => sent.Kept is not null).Should().AllSatisfy(sent => Text(requests.Single(request => Text(request, "requestId") == sent.Answer.RequestId), "detail").Should().Be(sent.Kept));
        requests.Where(request => request["status"]?.GetValue<int>() >= 400).Should().OnlyContain(request => Text(request, "detail").Length > 0);
    }

    [Fact]
    public async Task Pages_follow_on_one_another_and_tell_again_only_what_is_young()
    {
        var client = await host.CreateOrganizationAsync();
        for (var number = 0; number < 5; number++)
        {
            await client.CreateUserAsync($"user{number}");
        }

        var events = await EventsAsync(client);
        var young = await events.GetApiAsync("/requests?limit=3");
        // Ids never go back within a process, and other tests set their clocks ahead: far enough that theirs do not make these look young.
        host.Clock.Advance(TimeSpan.FromMinutes(47));
        var ids = new List<string>();
        var (next, hasMore) = ("", true);
        while (hasMore)
        {
            var page = await events.GetApiAsync($"/requests?limit=3{(next.Length > 0 ? $"&after={next}" : "")}");
            page.Status.Should().Be(200, page.Text);
            ids.AddRange(page.Body["requests"]!.AsArray().Select(request => Text(request!, "id")));
            (next, hasMore) = (Text(page.Body, "next"), page.Body["hasMore"]!.GetValue<bool>());
        }

        young.Body["requests"]!.AsArray().Should().HaveCount(3);
        young.Body["hasMore"]!.GetValue<bool>().Should().BeFalse();
        string.CompareOrdinal(Text(young.Body, "next"), ids[0]).Should().BeNegative("others may still come before them");
        ids.Should().HaveCount(8).And.OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
        var end = (await events.GetApiAsync($"/requests?after={next}")).Body;
        $"{end["requests"]} {end["hasMore"]}".Should().Be("[] false");
        string.CompareOrdinal(Text(end, "next"), next).Should().BeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_told_and_nothing_of_another_organization()
    {
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var ana = await client.CreateUserAsync("ana");
        await other.CreateUserAsync("zqother");
        await client.GetAsync("/Users/nobody");
        await client.PutAsync($"/Users/{ana.Id}", "{}");
        var events = await EventsAsync(client);
        await RequestsAsync(client, 3);

        var failed = (await events.GetApiAsync("/requests?failed=true")).Body["requests"]!.AsArray();
        var ofAna = (await events.GetApiAsync($"/requests?resource={ana.Id}")).Body["requests"]!.AsArray();
        var all = await events.GetApiAsync("/requests?failed=false");

        failed.Select(request => $"{request!["method"]} {request["status"]}").Should().Equal("GET 404", "PUT 400");
        ofAna.Select(request => $"{request!["method"]} {request["status"]}").Should().Equal("POST 201", "PUT 400");
        all.Text.Should().NotContain("zqother").And.NotContain(other.TokenId);
        foreach (var wrong in (string[])["failed=yes", "resource=nobody", "after=1", "request=canary", "limit=1001", "user=ana", "reads=", "reads=0", "reads=false&reads=true", "request=01A21A3DB8C4775A80BF2E81B8EDAC69", "request=01a21a3db8c4775a80bf2e81b8edac6%27"])
        {
            (await events.GetApiAsync($"/requests?{wrong}")).Status.Should().Be(400, wrong);
        }

        (await client.GetApiAsync("/requests")).Status.Should().Be(403);
    }

    private Task<ScimClient> EventsAsync(ScimClient client) => host.CreateTokenAsync(client.Organization, TokenScope.Events);

    /// <summary>All requests in the log, without commands, once there are so many: what changed nothing comes within a second.</summary>
    private async Task<IReadOnlyList<JsonNode>> RequestsAsync(ScimClient client, int count)
    {
        var events = await EventsAsync(client);
        IReadOnlyList<JsonNode> requests = [];
        await Eventually.BeAsync(async () =>
        {
            requests = [.. (await events.GetApiAsync("/requests?limit=1000")).Body["requests"]!.AsArray().Select(request => request!).Where(request => request["method"] is not null)];
            return requests.Count >= count;
        });
        return requests;
    }

    private async Task<JsonNode> FindAsync(ScimClient client, ScimAnswer refused)
    {
        var events = await EventsAsync(client);
        JsonNode? found = null;
        await Eventually.BeAsync(async () => (found = (await events.GetApiAsync($"/requests?request={refused.RequestId}")).Body["requests"]!.AsArray().SingleOrDefault()) is not null);
        return found!;
    }

    private static string Text(JsonNode json, string name) => json[name]?.GetValue<string>() ?? "";
}
