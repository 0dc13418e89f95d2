using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Bulk;

public sealed class RunBulkTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact]
    public async Task A_user_and_a_group_that_refers_to_it_are_created()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await BulkAsync(client, PostUser("u", "ana"), PostGroup("g", "Staff", "bulkId:u"));

        answer.Status.Should().Be(200, answer.Text);
        answer.Body["schemas"]!.ToJsonString().Should().Be("""["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]""");
        Statuses(answer).Should().Equal("201", "201");
        var user = Operation(answer, 0);
        user["method"]!.GetValue<string>().Should().Be("POST");
        user["bulkId"]!.GetValue<string>().Should().Be("u");
        user["version"]!.GetValue<string>().Should().Be("W/\"1\"");
        user["response"].Should().BeNull();
        var group = await client.GetAsync($"/Groups/{IdOf(answer, 1)}");
        group.Body["members"]!.AsArray().Should().ContainSingle().Which!["value"]!.GetValue<string>().Should().Be(IdOf(answer, 0));
        user["location"]!.GetValue<string>().Should().Be($"{client.BaseUrl}/Users/{IdOf(answer, 0)}");
        (await client.GetAsync($"/Users/{IdOf(answer, 0)}")).Body["userName"]!.GetValue<string>().Should().Be("ana");
    }

    [Fact]
    public async Task References_point_forward_too_into_extensions_paths_and_filters()
    {
        var client = await host.CreateOrganizationAsync();
        var staff = await client.CreateGroupAsync("Staff");

        var answer = await BulkAsync(
            client,
            Operation("PATCH", $"/Groups/{staff.Id}", Patch("""{"op":"add","path":"members","value":[{"value":"bulkId:u"},{"value":"bulkId:b"}]}""")),
            Operation("PATCH", $"/Groups/{staff.Id}", Patch("""{"op":"remove","path":"members[value eq \"bulkId:b\"]"}""")),
            Operation("PATCH", "/Users/bulkId:u", Patch("""{"op":"add","path":"title","value":"Lead"}""")),
            PostUser("u", "ana", $$$"""
                "{{{Enterprise}}}":{"manager":{"value":"bulkId:b"}}
                """),
            PostUser("b", "bea"));

        Statuses(answer).Should().Equal("204", "204", "200", "201", "201");
        var ana = await client.GetAsync($"/Users/{IdOf(answer, 3)}");
        ana.Body["title"]!.GetValue<string>().Should().Be("Lead");
        ana.Body[Enterprise]!["manager"]!["value"]!.GetValue<string>().Should().Be(IdOf(answer, 4));
        ana.Body["groups"]!.AsArray().Should().ContainSingle();
        Members(await client.GetAsync($"/Groups/{staff.Id}")).Should().Equal(IdOf(answer, 3));
    }

    [Fact]
    public async Task Managers_of_each_other_are_both_created_and_linked()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await BulkAsync(
            client,
            PostUser("a", "ana", $$$"""
                "{{{Enterprise}}}":{"department":"Lab","manager":{"value":"bulkId:b"}}
                """),
            PostUser("b", "bea", $$$"""
                "{{{Enterprise}}}":{"manager":{"value":"bulkId:a"}}
                """));

        Statuses(answer).Should().Equal("201", "201");
        var (ana, bea) = (await client.GetAsync($"/Users/{IdOf(answer, 0)}"), await client.GetAsync($"/Users/{IdOf(answer, 1)}"));
        ana.Body[Enterprise]!["manager"]!["value"]!.GetValue<string>().Should().Be(bea.Id);
        ana.Body[Enterprise]!["department"]!.GetValue<string>().Should().Be("Lab");
        bea.Body[Enterprise]!["manager"]!["value"]!.GetValue<string>().Should().Be(ana.Id);
        Operation(answer, 1)["version"]!.GetValue<string>().Should().Be(bea.Body["meta"]!["version"]!.GetValue<string>());
    }

    [Fact]
    public async Task Of_groups_in_each_other_the_later_is_a_conflict_and_leaves_nothing()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await BulkAsync(client, PostGroup("a", "A", "bulkId:b"), PostGroup("b", "B", "bulkId:a"));

        Statuses(answer).Should().Equal("201", "409");
        Operation(answer, 1)["location"].Should().BeNull();
        var groups = await client.GetAsync("/Groups");
        groups.Resources.Select(group => group!["displayName"]!.GetValue<string>()).Should().Equal("A");
        groups.Resources[0]!["members"].Should().BeNull();
    }

    [Fact]
    public async Task Of_a_circle_of_groups_the_last_operation_fails_wherever_the_walk_begins_and_so_do_those_that_refer_to_it()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await BulkAsync(client, PostGroup("c", "C", "bulkId:b"), PostGroup("a", "A", "bulkId:b", "bulkId:u"), PostGroup("b", "B", "bulkId:a"), PostUser("u", "ana"));

        Statuses(answer).Should().Equal("409", "201", "409", "201");
        var groups = await client.GetAsync("/Groups");
        groups.Resources.Select(group => group!["displayName"]!.GetValue<string>()).Should().Equal("A");
        Members(await client.GetAsync($"/Groups/{IdOf(answer, 1)}")).Should().Equal(IdOf(answer, 3));
        Operation(answer, 1)["version"]!.GetValue<string>().Should().Be(groups.Resources[0]!["meta"]!["version"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_circle_that_a_PATCH_or_PUT_would_close_is_a_conflict()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await BulkAsync(
            client,
            PostGroup("x", "X"),
            PostGroup("y", "Y", "bulkId:x"),
            Operation("PATCH", "/Groups/bulkId:x", Patch("""{"op":"add","path":"members","value":[{"value":"bulkId:y"}]}""")),
            Operation("PUT", "/Groups/bulkId:x", ScimClient.Group("X", "bulkId:y")));

        Statuses(answer).Should().Equal("201", "201", "409", "409");
        (await client.GetAsync($"/Groups/{IdOf(answer, 0)}")).Body["members"].Should().BeNull();
    }

    [Fact]
    public async Task What_was_made_for_a_reference_that_cannot_be_added_is_undone_and_nothing_else_is()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("taken");

        var answer = await BulkAsync(
            client,
            PostUser("x", "xy"),
            PostUser("a", "taken", $$$"""
                "{{{Enterprise}}}":{"manager":{"value":"bulkId:b"}}
                """),
            PostUser("b", "bea", $$$"""
                "role":"owner","{{{Enterprise}}}":{"manager":{"value":"bulkId:a"}}
                """));

        Statuses(answer).Should().Equal("201", "409", "409");
        (await client.GetAsync("/Users")).UserNames.Should().Equal("taken", "xy");
        (await host.SendAsync(new ScimSlice.Features.Users.ListDeletedUsers.Query(client.Organization, null))).Should().BeEmpty();
    }

    [Fact]
    public async Task Each_operation_is_all_or_nothing_and_others_go_on()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");

        var answer = await BulkAsync(
            client,
            PostUser("1", "ANA"),
            Operation("PATCH", $"/Users/{ana.Id}", Patch("""{"op":"add","path":"title","value":"x"},{"op":"add","path":"nothing","value":"x"}""")),
            PostGroup("2", "Staff", ana.Id, "00000000-0000-7000-8000-000000000000"),
            PostUser("3", "bob"),
            Operation("DELETE", "/Users/unknown"),
            Operation("PUT", $"/Users/{ana.Id}", ScimClient.User("ana", "\"title\":\"Lead\""), "\"version\":\"W/\\\"9\\\"\""));

        Statuses(answer).Should().Equal("409", "400", "400", "201", "404", "412");
        Operation(answer, 0)["response"]!["scimType"]!.GetValue<string>().Should().Be("uniqueness");
        Operation(answer, 0)["response"]!["schemas"]![0]!.GetValue<string>().Should().Be(ScimException.Urn);
        Operation(answer, 0)["response"]!["status"]!.GetValue<string>().Should().Be("409");
        Operation(answer, 0)["location"].Should().BeNull();
        Operation(answer, 1)["location"]!.GetValue<string>().Should().EndWith($"/Users/{ana.Id}");
        Operation(answer, 4)["location"]!.GetValue<string>().Should().EndWith("/Users/unknown");
        (await client.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(ana.Text);
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
        (await client.GetAsync("/Users")).UserNames.Should().Equal("ana", "bob");
    }

    [Fact]
    public async Task An_operation_that_refers_to_a_failed_one_fails_and_so_does_one_that_refers_to_none()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var answer = await BulkAsync(client, PostUser("u", "ana"), PostGroup("g", "Staff", "bulkId:u"), PostGroup("h", "Others", "bulkId:nobody"), PostGroup("i", "In", "bulkId:g"));

        Statuses(answer).Should().Equal("409", "409", "400", "409");
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(0, 5)]
    [InlineData(-3, 5)]
    public async Task It_stops_after_as_many_errors_as_the_client_bears(int failOnErrors, int done)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Bulk", Body([PostUser("1", "ana"), PostUser("2", "ana"), PostUser("3", "bob"), PostUser("4", "bob"), PostUser("5", "cy")], $"\"failOnErrors\":{failOnErrors}"));

        answer.Body["Operations"]!.AsArray().Should().HaveCount(done);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(Statuses(answer).Count(status => status == "201"));
    }

    [Theory]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"method":"DELETE","path":"/Users/1"}]}""", "invalidSyntax")]
    [InlineData("""{"Operations":[{"method":"DELETE","path":"/Users/1"}]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":{}}""", "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[1]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":"1","Operations":[{"method":"DELETE","path":"/Users/1"}]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"POST","path":"/Users","bulkId":"a"},{"method":"POST","path":"/Groups","bulkId":"a"}]}""", "invalidSyntax")]
    [InlineData("[]", "invalidSyntax")]
    public async Task A_request_of_the_wrong_shape_is_refused_as_a_whole(string body, string scimType)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Bulk", body);

        answer.ShouldBeError(400, scimType);
    }

    [Theory]
    [InlineData("""{"method":"GET","path":"/Users"}""", "405")]
    [InlineData("""{"path":"/Users","data":{}}""", "405")]
    [InlineData("""{"method":"POST","path":"/Bulk","bulkId":"b","data":{}}""", "404")]
    [InlineData("""{"method":"POST","path":"/Nothing","bulkId":"b","data":{}}""", "404")]
    [InlineData("""{"method":"POST","path":"/Users/.search","bulkId":"b","data":{}}""", "405")]
    [InlineData("""{"method":"DELETE","path":"/Users"}""", "405")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"b"}""", "400")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"b","data":[]}""", "400")]
    [InlineData("""{"method":7,"path":"/Users"}""", "400")]
    [InlineData("""{"method":"PATCH","path":"/Users/bulkId:b","data":{}}""", "400")]
    [InlineData("""{"method":"DELETE","path":"/Users/../Groups/1"}""", "404")]
    [InlineData("""{"method":"DELETE","path":""}""", "404")]
    [InlineData("""{"method":"DELETE","path":"/Users/%00"}""", "400")]
    public async Task An_operation_that_cannot_be_is_its_own_failure(string operation, string status)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await BulkAsync(client, operation, PostUser("u", "ana"));

        answer.Status.Should().Be(200, answer.Text);
        Statuses(answer).Should().Equal(status, "201");
    }

    [Fact]
    public async Task A_strict_organization_wants_a_bulkId_for_each_POST()
    {
        var (usual, exact) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        await host.SendAsync(new ChangeOrganization.Command(exact.Organization) { Strict = true });

        var lenient = await BulkAsync(usual, Operation("post", "Users", ScimClient.User("ana")));
        var strict = await BulkAsync(exact, Operation("POST", "/Users", ScimClient.User("ana")));

        Statuses(lenient).Should().Equal("201");
        Statuses(strict).Should().Equal("400");
    }

    [Fact]
    public async Task More_operations_than_one_request_may_hold_are_413_before_anything_is_done()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Bulk", Body([.. Enumerable.Range(0, ScimLimits.Default.MaxBulkOperations + 1).Select(number => PostUser($"{number}", $"u{number}"))]));
        var large = await client.PostAsync("/Bulk", new string(' ', ScimLimits.Default.MaxLargeBodyBytes + 1));

        answer.ShouldBeError(413);
        answer.Detail.Should().Contain("maxOperations").And.Contain($"{ScimLimits.Default.MaxBulkOperations}");
        large.ShouldBeError(413);
        large.Detail.Should().Contain("maxPayloadSize").And.Contain($"{ScimLimits.Default.MaxLargeBodyBytes}");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_thousand_operations_that_refer_to_one_another_in_a_circle_are_done()
    {
        var client = await host.CreateOrganizationAsync();
        var users = Enumerable.Range(0, ScimLimits.Default.MaxBulkOperations).Select(number => PostUser($"{number}", $"u{number}", $$$"""
            "{{{Enterprise}}}":{"manager":{"value":"bulkId:{{{(number + 1) % ScimLimits.Default.MaxBulkOperations}}}"}}
            """));

        var answer = await client.PostAsync("/Bulk", Body([.. users]));

        Statuses(answer).Should().OnlyContain(status => status == "201");
        for (var number = 0; number < ScimLimits.Default.MaxBulkOperations; number += 111)
        {
            var user = await client.GetAsync($"/Users/{IdOf(answer, number)}");
            user.Body[Enterprise]!["manager"]!["value"]!.GetValue<string>().Should().Be(IdOf(answer, (number + 1) % ScimLimits.Default.MaxBulkOperations));
            user.Body["meta"]!["version"]!.GetValue<string>().Should().Be(Operation(answer, number)["version"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Text_that_only_holds_what_looks_like_a_reference_is_text()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await BulkAsync(client, PostUser("1", "ana", "\"title\":\"Room \\\"bulkId:1\\\" upstairs\",\"nickName\":\"a/bulkId:1\""), PostUser("2", "bob", "\"title\":\"see \\\"bulkId:x\\\"\""));

        Statuses(answer).Should().Equal("201", "201");
        var ana = await client.GetAsync($"/Users/{IdOf(answer, 0)}");
        ana.Body["title"]!.GetValue<string>().Should().Be("Room \"bulkId:1\" upstairs");
        ana.Body["nickName"]!.GetValue<string>().Should().Be("a/bulkId:1");
    }

    [Fact]
    public async Task Discovery_tells_its_limits()
    {
        var client = await host.CreateOrganizationAsync();

        var config = await client.GetAsync("/ServiceProviderConfig");

        config.Body["bulk"].ShouldBeJson($$"""{"supported":true,"maxOperations":{{ScimLimits.Default.MaxBulkOperations}},"maxPayloadSize":{{ScimLimits.Default.MaxLargeBodyBytes}}}""");
    }

    [Fact]
    public async Task It_reaches_no_other_organization()
    {
        var owner = await host.CreateOrganizationAsync();
        var stranger = await host.CreateOrganizationAsync();
        var ana = await owner.CreateUserAsync("canary");
        var staff = await owner.CreateGroupAsync("canary staff", ana.Id);

        var answer = await BulkAsync(
            stranger,
            Operation("DELETE", $"/Users/{ana.Id}"),
            Operation("PATCH", $"/Groups/{staff.Id}", Patch("""{"op":"remove","path":"members"}""")),
            Operation("PUT", $"{owner.BaseUrl}/Users/{ana.Id}", ScimClient.User("eve")),
            PostGroup("g", "Mine", ana.Id));

        Statuses(answer).Should().Equal("404", "404", "404", "400");
        answer.Text.Should().NotContain("canary");
        (await owner.GetAsync($"/Groups/{staff.Id}")).Text.Should().Be(staff.Text);
    }

    private static Task<ScimAnswer> BulkAsync(ScimClient client, params string[] operations) => client.PostAsync("/Bulk", Body(operations));

    private static string Body(string[] operations, string members = "") =>
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],{{members}}{{(members.Length > 0 ? "," : "")}}"Operations":[{{string.Join(',', operations)}}]}""";

    private static string Operation(string method, string path, string data = "null", string members = "") =>
        $$"""{"method":"{{method}}","path":"{{path}}","data":{{data}}{{(members.Length > 0 ? "," : "")}}{{members}}}""";

    private static string PostUser(string bulkId, string userName, string members = "") => Operation("POST", "/Users", ScimClient.User(userName, members), $"\"bulkId\":\"{bulkId}\"");

    private static string PostGroup(string bulkId, string displayName, params string[] members) =>
        Operation("POST", "/Groups", ScimClient.Group(displayName, members), $"\"bulkId\":\"{bulkId}\"");

    private static string Patch(string operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""";

    private static JsonNode Operation(ScimAnswer answer, int index) => answer.Body["Operations"]![index]!;

    private static string[] Statuses(ScimAnswer answer) => [.. answer.Body["Operations"]!.AsArray().Select(operation => operation!["status"]!.GetValue<string>())];

    private static string IdOf(ScimAnswer answer, int index) => Operation(answer, index)["location"]!.GetValue<string>().Split('/')[^1];

    private static string[] Members(ScimAnswer group) => [.. (group.Body["members"]?.AsArray() ?? []).Select(member => member!["value"]!.GetValue<string>())];
}
