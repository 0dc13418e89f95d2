using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>Each limit that can be set: what reaches it is served, what goes one beyond is refused.</summary>
public sealed class LimitsTests(LimitedHost limited) : IClassFixture<LimitedHost>
{
    private readonly ScimHost host = limited.Value;

    [Theory]
    [InlineData("POST", "/Users", 4096, "larger than 4096 bytes.")]
    [InlineData("POST", "/Groups", 8192, "larger than 8192 bytes (maxPayloadSize).")]
    public async Task A_body_has_so_many_bytes(string method, string path, int most, string told)
    {
        var client = await host.CreateOrganizationAsync();
        var body = path == "/Users" ? ScimClient.User("ana") : ScimClient.Group("Crew");

        var largest = await client.SendAsync(method, path, body.PadRight(most));
        var larger = await client.SendAsync(method, path, body.PadRight(most + 1));

        largest.Status.Should().Be(201, largest.Text);
        larger.ShouldBeError(413);
        larger.Detail.Should().Contain(told);
    }

    [Theory]
    [InlineData(9, 201)]
    [InlineData(10, 400)]
    public async Task JSON_has_so_many_levels(int arrays, int expected)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", $"\"unknown\":{new string('[', arrays)}{new string(']', arrays)}"));

        ShouldBe(answer, expected, "invalidSyntax", "10 levels");
    }

    [Theory]
    [InlineData(989, 201)]
    [InlineData(990, 400)]
    public async Task JSON_has_so_many_tokens(int numbers, int expected)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", $"\"unknown\":[{string.Join(',', Enumerable.Repeat('1', numbers))}]"));

        ShouldBe(answer, expected, "invalidSyntax", "1000 JSON tokens");
    }

    [Theory]
    [InlineData("title eq \"{0}\"", 300, 200)]
    [InlineData("title eq \"{0}\"", 301, 400)]
    public async Task A_filter_has_so_many_characters(string form, int length, int expected)
    {
        var client = await host.CreateOrganizationAsync();
        var filter = Filled(form, length);

        foreach (var answer in await AskAsync(client, filter))
        {
            ShouldBe(answer, expected, "invalidFilter", "300 characters");
        }
    }

    [Theory]
    [InlineData("(((title pr)))", 200)]
    [InlineData("((((title pr))))", 400)]
    [InlineData("not (not (not (title pr)))", 200)]
    [InlineData("not (not (not (emails[value pr])))", 400)]
    public async Task A_filter_has_so_many_levels(string filter, int expected)
    {
        var client = await host.CreateOrganizationAsync();

        foreach (var answer in await AskAsync(client, filter))
        {
            ShouldBe(answer, expected, "invalidFilter", "3 levels");
        }
    }

    [Theory]
    [InlineData(4, 200)]
    [InlineData(5, 400)]
    public async Task A_filter_has_so_many_terms(int terms, int expected)
    {
        var client = await host.CreateOrganizationAsync();

        foreach (var answer in await AskAsync(client, string.Join(" or ", Enumerable.Repeat("userName pr", terms))))
        {
            ShouldBe(answer, expected, "invalidFilter", "4 terms");
        }
    }

    [Theory]
    [InlineData("emails[value eq \\\"{0}\\\"].display", 300, 200, "")]
    [InlineData("emails[value eq \\\"{0}\\\"].display", 301, 400, "invalidPath")]
    [InlineData("emails[((value pr))].display", 0, 200, "")]
    [InlineData("emails[((((value pr))))].display", 0, 400, "invalidFilter")]
    [InlineData("emails[value pr or value pr or value pr or value pr or value pr].display", 0, 400, "invalidFilter")]
    public async Task A_path_has_the_limits_of_a_filter_in_a_request_of_its_own_and_in_Bulk(string form, int length, int expected, string scimType)
    {
        var client = await host.CreateOrganizationAsync();
        var path = Filled(form, length + 2);
        var value = form.Contains("{0}", StringComparison.Ordinal) ? path[(path.IndexOf('"', StringComparison.Ordinal) + 1)..path.LastIndexOf('\\')] : "a@example.com";
        var user = await client.CreateUserAsync("ana", $$"""
            "emails":[{"value":"{{value}}"}]
            """);
        var group = await client.CreateGroupAsync("Crew", user.Id);

        var operation = $$"""{"op":"remove","path":"{{path}}"}""";
        var own = await client.PatchAsync($"/Users/{user.Id}", operation);
        var ofGroup = await client.PatchAsync($"/Groups/{group.Id}", operation.Replace("emails", "members", StringComparison.Ordinal));
        var inBulk = await client.PostAsync("/Bulk", Bulk($$"""{"method":"PATCH","path":"/Users/{{user.Id}}","data":{{Patch(operation)}}}"""));

        ShouldBe(own, expected, scimType, "The ");
        if (expected != 200)
        {
            ofGroup.ShouldBeError(400, scimType);
        }

        inBulk.Body["Operations"]![0]!["status"]!.GetValue<string>().Should().Be($"{expected}");
    }

    [Theory]
    [InlineData(3, 200)]
    [InlineData(4, 413)]
    public async Task A_PATCH_has_so_many_operations_in_a_request_of_its_own_and_in_Bulk(int operations, int expected)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        var list = string.Join(',', Enumerable.Repeat("""{"op":"replace","path":"title","value":"Lead"}""", operations));

        var own = await client.PatchAsync($"/Users/{user.Id}", list);
        var inBulk = await client.PostAsync("/Bulk", Bulk($$"""{"method":"PATCH","path":"/Users/{{user.Id}}","data":{{Patch(list)}}}"""));

        ShouldBe(own, expected, null, "3 operations");
        inBulk.Body["Operations"]![0]!["status"]!.GetValue<string>().Should().Be($"{expected}");
    }

    [Theory]
    [InlineData(5, 200)]
    [InlineData(6, 413)]
    public async Task Bulk_has_so_many_operations(int operations, int expected)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Bulk", Bulk([.. Enumerable.Range(0, operations).Select(number => $$"""{"method":"POST","path":"/Users","bulkId":"{{number}}","data":{{ScimClient.User($"u{number}")}}}""")]));

        ShouldBe(answer, expected, null, "5 operations (maxOperations)");
        (await client.GetAsync("/Users?count=0")).TotalResults.Should().Be(expected == 200 ? operations : 0);
    }

    [Fact]
    public async Task A_page_has_so_many_resources()
    {
        var client = await host.CreateOrganizationAsync();
        for (var number = 0; number < 8; number++)
        {
            await client.CreateUserAsync($"u{number}");
        }

        foreach (var path in (string[])["/Users", "/"])
        {
            (await client.GetAsync(path)).Body["itemsPerPage"]!.GetValue<int>().Should().Be(5);
            (await client.GetAsync($"{path}?count=7")).Body["itemsPerPage"]!.GetValue<int>().Should().Be(7);
            (await client.GetAsync($"{path}?count=8")).Body["itemsPerPage"]!.GetValue<int>().Should().Be(7);
            (await client.GetAsync($"{path}?cursor=&count=8")).Body["itemsPerPage"]!.GetValue<int>().Should().Be(7);
        }
    }

    [Fact]
    public async Task Discovery_tells_the_limits_that_are_set()
    {
        var client = await host.CreateOrganizationAsync();

        var config = await client.GetAsync("/ServiceProviderConfig");

        config.Body["bulk"].ShouldBeJson("""{"supported":true,"maxOperations":5,"maxPayloadSize":8192}""");
        config.Body["filter"].ShouldBeJson("""{"supported":true,"maxResults":7}""");
        config.Body["pagination"]!["defaultPageSize"]!.GetValue<int>().Should().Be(5);
        config.Body["pagination"]!["maxPageSize"]!.GetValue<int>().Should().Be(7);
    }

    [Theory]
    [InlineData(2040, 401)]
    [InlineData(2060, 414)]
    public void A_request_line_has_so_many_bytes(int length, int expected)
    {
        var target = "/scim/v2/Users?x=".PadRight(length - "GET  HTTP/1.1\r\n".Length, 'x');

        RawHttp.Send(host.Origin, "GET", target).Status.Should().Be(expected);
    }

    [Theory]
    [InlineData(1, 1015, 401)]
    [InlineData(1, 1035, 431)]
    [InlineData(8, 500, 401)]
    [InlineData(9, 500, 431)]
    public void Headers_are_so_many_and_have_so_many_bytes(int further, int bytes, int expected)
    {
        const string Own = "Host: localhost\r\nConnection: close\r\n";
        var headers = Enumerable.Range(1, further - 1).Select(number => $"X-{number}: x").ToList();
        headers.Add("X-Rest: ".PadRight(bytes - Own.Length - headers.Sum(header => header.Length + 2) - 2, 'x'));

        RawHttp.Send(host.Origin, "GET", "/scim/v2/Users", [.. headers]).Status.Should().Be(expected);
    }

    private static async Task<ScimAnswer[]> AskAsync(ScimClient client, string filter) =>
    [
        await client.FilterAsync(filter),
        await client.GetAsync($"/?filter={Uri.EscapeDataString(filter)}"),
        await client.PostAsync("/Users/.search", Search(filter)),
        await client.PostAsync("/.search", Search(filter)),
    ];

    private static string Search(string filter) =>
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{System.Text.Json.JsonSerializer.Serialize(filter)}}}""";

    private static string Filled(string form, int length) => form.Replace("{0}", new string('a', Math.Max(1, length - form.Length + 3)), StringComparison.Ordinal);

    private static string Patch(string operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""";

    private static string Bulk(params string[] operations) =>
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', operations)}}]}""";

    private static void ShouldBe(ScimAnswer answer, int expected, string? scimType, string told)
    {
        if (expected < 400)
        {
            answer.Status.Should().Be(expected, answer.Text);
            return;
        }

        answer.ShouldBeError(expected, scimType);
        answer.Detail.Should().Contain(told);
    }
}
