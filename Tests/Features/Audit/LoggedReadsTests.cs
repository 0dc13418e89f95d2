using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Audit;

/// <summary>Requests that read are in the log, with what they looked for and found, and without what it was compared with.</summary>
public sealed class LoggedReadsTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact]
    public async Task A_read_tells_what_was_looked_for_and_how_many_were_found()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("canary", "\"emails\":[{\"value\":\"canary@example.com\",\"type\":\"work\"}]");
        var staff = await client.CreateGroupAsync("Canaries", ana.Id);
        await client.CreateUserAsync("bob");

        await client.GetAsync($"/Users/{ana.Id}");
        await client.GetAsync("/Users?count=1");
        await client.FilterAsync("userName eq \"canary2\"");
        await client.FilterAsync("userName eq \"CANARY\" and (active eq true or emails[type eq \"canary\" and value co \"canary\"])");
        await client.FilterAsync($"not ({Enterprise}:department sw \"canary\") and title pr");
        await client.PostAsync("/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"externalId eq \"canary\""}""");
        await client.GetAsync("/Groups?filter=displayName%20eq%20%22canaries%22&excludedAttributes=members");
        await client.GetAsync("/Groups?filter=displayName%20eq%20%22canaries%22");
        await client.GetAsync("/?filter=displayName%20eq%20%22canaries%22");
        await client.SendAsync("HEAD", $"/Users/{ana.Id}", null);
        await client.GetAsync("/ServiceProviderConfig");

        var reads = await RequestsAsync(client, 11, request => Text(request, "operation").Length == 0);
        reads.Select(Line).Should().Equal(
            $"GET /scim/v2/Users/{ana.Id} 200  ",
            "GET /scim/v2/Users 200 2 found ",
            "GET /scim/v2/Users 200 0 found by userName eq … ",
            $"GET /scim/v2/Users 200 1 found by userName eq … and (active eq … or emails[type eq … and value co …]) {ana.Id}",
            $"GET /scim/v2/Users 200 0 found by not ({Enterprise}:department sw …) and title pr ",
            "POST /scim/v2/Users/.search 200 0 found by externalId eq … ",
            $"GET /scim/v2/Groups 200 1 found by displayName eq … {staff.Id}",
            $"GET /scim/v2/Groups 200 1 found by displayName eq … {staff.Id}",
            $"GET /scim/v2 200 1 found by displayName eq … {staff.Id}",
            $"HEAD /scim/v2/Users/{ana.Id} 200  ",
            "GET /scim/v2/ServiceProviderConfig 200  ");
        reads.Should().OnlyContain(read => Text(read, "credential", "id") == client.TokenId && read["durationMs"]!.GetValue<double>() > 0 && read["changes"]!.AsArray().Count == 0);
        string.Join('\n', reads.Select(read => read.ToJsonString())).Should().NotContainEquivalentOf("canary");
    }

    [Fact]
    public async Task Reads_are_found_by_the_user_that_they_found_and_left_out_where_that_is_asked_for()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        await client.FilterAsync("userName eq \"ana\"");
        await client.FilterAsync("userName eq \"bob\"");
        await client.PostAsync("/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}""");
        await client.GetAsync("/Users/nobody");
        await RequestsAsync(client, 6, _ => true);
        var events = await EventsAsync(client);

        var ofAna = await events.GetApiAsync($"/requests?resource={ana.Id}");
        var changes = await events.GetApiAsync("/requests?reads=false");
        var verb = await host.SendAsync(new ReadLog.Query(client.Organization) { Reads = false });
        var audit = (await host.SendAsync(new ListAuditRecords.Query(client.Organization, Resource: ana.Id))).Records;

        ofAna.Body["requests"]!.AsArray().Select(request => $"{request!["method"]} {request["status"]}").Should().Equal("POST 201", "GET 200");
        changes.Body["requests"]!.AsArray().Select(request => request!).Where(request => request["method"] is not null).Select(request => $"{request["method"]} {request["status"]}")
            .Should().Equal("POST 201", "POST 201", "GET 404");
        verb.Where(logged => logged.Record.Method is not null).Select(logged => $"{logged.Record.Method} {logged.Record.Status}").Should().Equal("POST 201", "POST 201", "GET 404");
        audit.Should().ContainSingle("the audit is of changes and refusals").Which.Operation.Should().Be("CreateUser");
        LogVerbs.Line((await host.SendAsync(new ReadLog.Query(client.Organization, User: "ana")))[^1]).Should().Contain($"  User {ana.Id} version 1  ").And.EndWith("    1 found by userName eq …");
    }

    [Fact]
    public async Task More_reads_than_are_kept_one_by_one_are_counted_and_push_out_no_refusal()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Limits:RequestsPerSecond", "0");
        var client = await started.Value.CreateOrganizationAsync();
        var turn = started.Value.Clock.GetUtcNow();
        started.Value.Clock.Advance(TimeSpan.FromSeconds(61 - turn.Second));

        for (var request = 0; request < RequestLog.MaxReadsPerMinute + 50; request++)
        {
            await client.GetAsync("/Users?count=1");
        }

        var refused = await client.GetAsync("/Users/nobody");
        started.Value.Clock.Advance(TimeSpan.FromMinutes(1));
        IReadOnlyList<LoggedRequest> reads = [];
        await Eventually.BeAsync(async () =>
        {
            reads = [.. (await started.Value.SendAsync(new ReadLog.Query(client.Organization, Limit: 5000))).Where(logged => logged.Record.Method == "GET" && logged.Record.Status == 200)];
            return reads.Sum(logged => logged.Record.Times) == RequestLog.MaxReadsPerMinute + 50;
        });
        reads.Should().HaveCount(RequestLog.MaxReadsPerMinute + 2);
        reads.Single(logged => logged.Record.Times > 1).Record.Should().Match<AuditRecord>(record => record.Times == 49 && record.Path == null && record.Detail == null && record.ResourceId == null);
        (await started.Value.SendAsync(new ReadLog.Query(client.Organization, Request: refused.RequestId))).Should().ContainSingle().Which.Record.Status.Should().Be(404);
        (await started.Value.SendAsync(new ReadLog.Query(client.Organization) { Reads = false })).Should().NotContain(logged => logged.Record.Status == 200);
    }

    [Fact]
    public async Task The_id_of_a_refusal_that_is_only_counted_finds_the_count_that_it_may_be_in()
    {
        var client = await host.CreateOrganizationAsync();
        var events = await EventsAsync(client);
        var organizationId = (await host.GrantOfAsync(client)).OrganizationId;
        var came = host.Clock.GetUtcNow().AddHours(-3);
        await using (var database = host.OpenDatabase())
        {
            foreach (var (seconds, times) in ((int, long)[])[(-5, 7), (40, 50), (110, 9)])
            {
                await AuditTable.InsertAsync(database, AuditRecord.Of(organizationId, Actor.Service, "first", came.AddSeconds(seconds)) with { Id = ResourceId.FirstOf(came.AddSeconds(seconds)), Status = 404, Times = times });
            }
        }

        var request = $"{came.ToUnixTimeMilliseconds():x12}7757890a97a208ddf741";
        var found = (await events.GetApiAsync($"/requests?request={request}")).Body["requests"]!.AsArray();

        found.Should().ContainSingle().Which!["times"]!.GetValue<long>().Should().Be(50);
        (await host.SendAsync(new ReadLog.Query(client.Organization, Request: request))).Should().ContainSingle().Which.Record.Times.Should().Be(50);
        // Of an earlier version, whose ids were random.
        const string random = "e5a2fe21dbff7c11a5b4000000000001";
        await using (var database = host.OpenDatabase())
        {
            await AuditTable.InsertAsync(database, AuditRecord.Of(organizationId, Actor.Service, random, came) with { Id = ResourceId.FirstOf(came.AddHours(-1)), Status = 404 });
        }

        (await events.GetApiAsync($"/requests?request={random}")).Body["requests"]!.AsArray().Should().ContainSingle();
        (await host.SendAsync(new ReadLog.Query(client.Organization, Request: random))).Should().ContainSingle();
        foreach (var other in (string[])[$"{request}&after={ResourceId.FirstOf(came)}", $"{request}&failed=true", $"{request}&reads=false", $"{request}&resource={organizationId}", new string('0', 32), $"e677d21fdbff7{new string('1', 19)}"])
        {
            var answer = await events.GetApiAsync($"/requests?request={other}");
            answer.Status.Should().Be(200, other);
            answer.Body["requests"]!.AsArray().Should().BeEmpty(other);
        }
    }

    [Fact]
    public async Task A_record_that_was_written_late_lets_nobody_go_on_behind_what_is_still_to_come()
    {
        var client = await host.CreateOrganizationAsync();
        var events = await EventsAsync(client);
        var organizationId = (await host.GrantOfAsync(client)).OrganizationId;
        var (now, late) = (host.Clock.GetUtcNow(), ResourceId.FirstOf(host.Clock.GetUtcNow().AddSeconds(-2)));
        await using (var database = host.OpenDatabase())
        {
            await AuditTable.InsertAsync(database, AuditRecord.Of(organizationId, Actor.Service, "late", now.AddMinutes(-5)) with { Id = late, Status = 404 });
        }

        var page = await events.GetApiAsync("/requests?failed=true");

        page.Body["requests"]!.AsArray().Should().ContainSingle();
        string.CompareOrdinal(Text(page.Body, "next"), late).Should().BeNegative();
    }

    [Fact]
    public async Task What_a_sensitive_attribute_is_compared_with_is_not_told()
    {
        var client = await host.CreateOrganizationAsync();
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Sensitive: ["active", "title"]));
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        await client.CreateUserAsync("ana");

        var answer = await client.PostAsync("/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"active eq true and title eq null"}""");

        answer.Status.Should().Be(200, answer.Text);
        Text((await RequestsAsync(client, 1, request => Text(request, "path").EndsWith(".search", StringComparison.Ordinal)))[0], "detail").Should().Be("1 found by active eq … and title eq …");
    }

    [Fact]
    public async Task Who_follows_refusals_goes_on_behind_what_was_looked_at()
    {
        var client = await host.CreateOrganizationAsync();
        var organizationId = (await host.GrantOfAsync(client)).OrganizationId;
        var events = await EventsAsync(client);
        var before = host.Clock.GetUtcNow().AddHours(-1);
        var (refused, read) = ($"{ResourceId.FirstOf(before)[..^1]}1", ResourceId.FirstOf(before.AddMinutes(1)));
        await using (var database = host.OpenDatabase())
        {
            await AuditTable.InsertAsync(database, AuditRecord.Of(organizationId, Actor.Service, "r1", before) with { Id = refused, Status = 404 });
            await AuditTable.InsertAsync(database, AuditRecord.Of(organizationId, Actor.Service, "r2", before.AddMinutes(1)) with { Id = read, Status = 200 });
        }

        var first = await events.GetApiAsync("/requests?failed=true");
        await client.GetAsync("/Users/nobody");
        ScimAnswer second = first;
        await Eventually.BeAsync(async () => (second = await events.GetApiAsync($"/requests?failed=true&after={Text(first.Body, "next")}")).Body["requests"]!.AsArray().Count > 0);

        first.Body["requests"]!.AsArray().Should().ContainSingle();
        string.CompareOrdinal(Text(first.Body, "next"), read).Should().BePositive("that was looked at, and was no refusal");
        second.Body["requests"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task What_could_not_be_written_for_a_while_comes_behind_the_place_of_who_follows()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();
        var events = await started.Value.CreateTokenAsync(client.Organization, TokenScope.Events);
        await using var database = started.Value.OpenDatabase();
        await database.ExecuteAsync("alter table audit_records rename to audit_records_away");
        var refused = await client.GetAsync("/Users/nobody");
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        started.Value.Clock.Advance(TimeSpan.FromMinutes(2));

        // Where who follows has come to meanwhile.
        var place = ResourceId.Create(started.Value.Clock.GetUtcNow());
        await database.ExecuteAsync("alter table audit_records_away rename to audit_records");

        JsonNode[] found = [];
        await Eventually.BeAsync(async () => (found = [.. (await events.GetApiAsync($"/requests?failed=true&after={place}")).Body["requests"]!.AsArray().Select(request => request!)]).Length > 0);

        found.Should().ContainSingle().Which["requestId"]!.GetValue<string>().Should().Be(refused.RequestId);
        (await started.Value.SendAsync(new ReadLog.Query(client.Organization, Request: refused.RequestId))).Should().ContainSingle();
    }

    [Fact]
    public async Task Reads_are_kept_for_a_shorter_time_than_changes_and_refusals()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Retention:Reads", "60s");
        var client = await started.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.GetAsync("/Users");
        await client.GetAsync("/Users/nobody");
        await Eventually.BeAsync(async () => await CountAsync() == 5);
        started.Value.Clock.Advance(TimeSpan.FromMinutes(2));
        await client.GetAsync("/Groups");

        await Eventually.BeAsync(async () => (await started.Value.SendAsync(new ReadLog.Query(client.Organization))) is var left
            && left.All(logged => logged.Record.Path != "/scim/v2/Users" || logged.Record.Method != "GET") && left.Any(logged => logged.Record.Path == "/scim/v2/Groups"));

        (await CountAsync()).Should().Be(5);

        async Task<int> CountAsync() => (await started.Value.SendAsync(new ReadLog.Query(client.Organization))).Count;
    }

    [Fact]
    public void An_id_of_a_request_tells_when_it_came()
    {
        // Other tests may have set clocks of theirs ahead, and ids never go back.
        var id = RequestIds.Create(DateTimeOffset.UtcNow);

        RequestIds.TimeOf(id).Should().BeAfter(DateTimeOffset.UtcNow.AddSeconds(-5));
        RequestIds.TimeOf("019f1b8d2c057f04b6f967c317bd5da8").Should().Be(DateTimeOffset.FromUnixTimeMilliseconds(0x019f1b8d2c05));
        RequestIds.TimeOf("515a27849c3d8316b2534b3916b22afc").Should().BeNull();
        RequestIds.TimeOf("ffffffffffff7316b2534b3916b22afc").Should().BeNull();
        RequestIds.TimeOf("01a2").Should().BeNull();
        RequestIds.WindowsOf("nothing").Should().ContainSingle().Which.From.Should().BeEmpty();
        var record = ResourceId.Create(DateTimeOffset.UtcNow);
        RequestIds.WindowsOf(id).Should().HaveCount(2).And.OnlyContain(window => string.CompareOrdinal(window.From, record) < 0 && string.CompareOrdinal(record, window.Until) < 0);
    }

    private static string Line(JsonNode request) =>
        $"{request["method"]} {request["path"]} {request["status"]} {request["detail"]} {request["resource"]?["id"]}";

    private static string Text(JsonNode json, params string[] path) => path.Aggregate(json, (node, name) => node?[name]!)?.GetValue<string>() ?? "";

    private Task<ScimClient> EventsAsync(ScimClient client) => host.CreateTokenAsync(client.Organization, TokenScope.Events);

    /// <summary>The requests of the log, without commands, once there are so many.</summary>
    private async Task<IReadOnlyList<JsonNode>> RequestsAsync(ScimClient client, int count, Func<JsonNode, bool> which)
    {
        var events = await EventsAsync(client);
        IReadOnlyList<JsonNode> requests = [];
        await Eventually.BeAsync(async () =>
        {
            requests = [.. (await events.GetApiAsync("/requests?limit=1000")).Body["requests"]!.AsArray().Select(request => request!).Where(request => request["method"] is not null && which(request))];
            return requests.Count >= count;
        });
        return requests;
    }
}
