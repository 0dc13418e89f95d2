using Dapper;
using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Audit;

public sealed class ListAuditRecordsTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact]
    public async Task Every_change_says_who_made_it_and_of_what()
    {
        var client = await host.CreateOrganizationAsync();

        var ana = await client.CreateUserAsync("ana@example.com");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Lead"}""");
        await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("ana@example.com", "\"nickName\":\"An\""));
        var staff = await client.CreateGroupAsync("Staff", ana.Id);
        await client.PatchAsync($"/Groups/{staff.Id}", """{"op":"remove","path":"members"}""");
        await client.PutAsync($"/Groups/{staff.Id}", ScimClient.Group("Everybody"));
        await client.DeleteAsync($"/Groups/{staff.Id}");
        await client.DeleteAsync($"/Users/{ana.Id}");

        var records = await RecordsAsync(client, actor: client.TokenId);
        records.Select(record => $"{record.Operation} {record.ResourceType} {record.ResourceId} {record.Version}").Should().Equal(
            $"CreateUser User {ana.Id} 1",
            $"PatchUser User {ana.Id} 2",
            $"ReplaceUser User {ana.Id} 3",
            $"CreateGroup Group {staff.Id} 1",
            $"PatchGroup Group {staff.Id} 2",
            $"ReplaceGroup Group {staff.Id} 3",
            $"DeleteGroup Group {staff.Id} 3",
            $"DeactivateUser User {ana.Id} 3");
        records.Should().OnlyContain(record => record.ActorKind == "token" && record.Status >= 200 && record.Status < 300 && record.DurationUs >= 0 && record.Times == 1);
        records.Select(record => $"{record.Method} {record.Path}").Take(2).Should().Equal("POST /scim/v2/Users", $"PATCH /scim/v2/Users/{ana.Id}");
        records.Select(record => record.RequestId).Should().OnlyHaveUniqueItems().And.OnlyContain(id => id.Length == 32);
        records.Select(record => record.Id).Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_changes_nothing_leaves_no_record()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana@example.com", "\"title\":\"Lead\"");
        var staff = await client.CreateGroupAsync("Staff", ana.Id);

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Lead"}""");
        await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("ana@example.com", "\"title\":\"Lead\""));
        await client.PatchAsync($"/Groups/{staff.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""");
        await client.PutAsync($"/Groups/{staff.Id}", ScimClient.Group("Staff", ana.Id));
        await client.GetAsync("/Users");

        (await RecordsAsync(client, actor: client.TokenId)).Select(record => record.Operation).Should().Equal("CreateUser", "CreateGroup");
    }

    [Fact]
    public async Task What_an_operator_does_is_recorded_under_who_does_it()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana@example.com");
        var staff = await client.CreateGroupAsync("Staff");
        await client.DeleteAsync($"/Users/{ana.Id}");

        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        await host.SendAsync(new AssignRole.Command(client.Organization, staff.Id, "guest"));
        await host.ChangeRulesAsync(client, strict: true);
        var other = await host.CreateTokenAsync(client.Organization);
        await host.SendAsync(new RevokeToken.Command(client.Organization, other.TokenId));
        await host.SendAsync(new PurgeUser.Command(client.Organization, ana.Id));

        var records = await RecordsAsync(client, actor: Actor.Service.Id);
        records.Select(record => $"{record.Operation} {record.ResourceType}").Should().Equal(
            "CreateOrganization Organization",
            "IssueToken Token",
            "RestoreUser User",
            "AssignRole RoleMapping",
            "ChangeOrganization Organization",
            "IssueToken Token",
            "RevokeToken Token",
            "PurgeUser User");
        records.Should().OnlyContain(record => record.ActorKind == "service", "it is the test's server that runs the commands");
        (await RecordsAsync(client, resource: other.TokenId)).Select(record => record.Operation).Should().Equal("IssueToken", "RevokeToken");
    }

    [Fact]
    public async Task Every_refused_request_of_a_known_token_is_recorded_with_its_reason()
    {
        var client = await host.CreateOrganizationAsync();
        var reader = await host.CreateTokenAsync(client.Organization, TokenScope.Read);
        var ana = await client.CreateUserAsync("ana@example.com");

        await client.GetAsync("/Users/nobody");
        await client.GetAsync("/Users?filter=nickName%20eq");
        await client.PostAsync("/Users", ScimClient.User("ANA@example.com"));
        await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("ana@example.com"), ("If-Match", "W/\"7\""));
        await client.PutAsync("/Users", "{}");
        await client.GetAsync("/nothing/here%20at%0Aall");
        await client.PostAsync("/Users", "{");
        await reader.DeleteAsync($"/Users/{ana.Id}");

        var records = await EventuallyAsync(client, 8, refused: true);
        records.Select(record => $"{record.Method} {record.Path} {record.Status} {record.ScimType}".TrimEnd()).Should().Equal(
            "GET /scim/v2/Users/{id} 404",
            "GET /scim/v2/Users 400 invalidFilter",
            "POST /scim/v2/Users 409 uniqueness",
            $"PUT /scim/v2/Users/{ana.Id} 412",
            "PUT (not served) 405",
            "GET (not served) 404",
            "POST /scim/v2/Users 400 invalidSyntax",
            $"DELETE /scim/v2/Users/{ana.Id} 403");
        records.Select(record => record.Actor).Should().Equal([.. Enumerable.Repeat(client.TokenId, 7), reader.TokenId]);
        (await RecordsAsync(client, resource: ana.Id, refused: true)).Should().HaveCount(2);
        (await RecordsAsync(client, request: records[2].RequestId)).Should().ContainSingle().Which.Status.Should().Be(409);
    }

    [Fact]
    public async Task Each_operation_of_a_Bulk_request_has_a_record_and_all_have_one_request()
    {
        var client = await host.CreateOrganizationAsync();

        await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {"method":"POST","path":"/Users","bulkId":"a","data":{{ScimClient.User("ana")}}},
                {"method":"POST","path":"/Groups","bulkId":"g","data":{{ScimClient.Group("Staff", "nobody")}}},
                {"method":"DELETE","path":"/Users/nobody"},
                {"method":"FETCH\u0001","path":"/Users\u0001"}]}
            """);

        var records = await EventuallyAsync(client, 4, actor: client.TokenId);
        records.Where(record => !record.IsRefused).Select(record => $"{record.Operation} {record.Method} {record.Path} {record.Status}").Should().Equal("CreateUser POST /Bulk/Users 201");
        records.Where(record => record.IsRefused).Select(record => $"{record.Method} {record.Path} {record.Status}").Should().Equal(
            "POST /Bulk/Groups 400", "DELETE /Bulk/Users/{id} 404", "(other) /Bulk 404");
        records.Select(record => record.RequestId).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task A_token_that_has_ended_is_recorded_once_a_minute_and_counted()
    {
        var client = await host.CreateOrganizationAsync();
        var revoked = await host.CreateTokenAsync(client.Organization);
        var expired = await host.CreateTokenAsync(client.Organization, lifetime: TimeSpan.FromHours(1));
        await host.SendAsync(new RevokeToken.Command(client.Organization, revoked.TokenId));
        host.Clock.Advance(TimeSpan.FromHours(2));

        for (var request = 0; request < 3; request++)
        {
            await revoked.GetAsync("/Users");
        }

        await expired.GetAsync("/Users");
        var first = await EventuallyAsync(client, 2, refused: true);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var all = await EventuallyAsync(client, 3, refused: true);

        first.Select(record => $"{record.Actor} {record.Status} {record.ScimType}").Should().BeEquivalentTo($"{revoked.TokenId} 401 revoked", $"{expired.TokenId} 401 expired");
        all.Where(record => record.Actor == revoked.TokenId).Sum(record => record.Times).Should().Be(3);
    }

    [Fact]
    public async Task More_refusals_than_are_kept_one_by_one_are_counted()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Limits:RequestsPerSecond", "0");
        var client = await started.Value.CreateOrganizationAsync();
        var turn = started.Value.Clock.GetUtcNow();
        started.Value.Clock.Advance(TimeSpan.FromSeconds(61 - turn.Second));

        for (var request = 0; request < RequestLog.MaxPerMinute + 50; request++)
        {
            await client.GetAsync("/Users/nobody");
        }

        started.Value.Clock.Advance(TimeSpan.FromMinutes(1));
        IReadOnlyList<AuditRecord> records = [];
        await Eventually.BeAsync(async () =>
        {
            records = (await started.Value.SendAsync(new ListAuditRecords.Query(client.Organization, Refused: true, Limit: 5000))).Records;
            return records.Sum(record => record.Times) == RequestLog.MaxPerMinute + 50;
        });
        records.Should().HaveCountLessThanOrEqualTo(RequestLog.MaxPerMinute + 10);
    }

    [Fact]
    public async Task A_change_whose_record_cannot_be_written_is_not_made()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();
        await using var database = started.Value.OpenDatabase();
        await database.ExecuteAsync("alter table audit_records rename to audit_records_away");

        var refused = await client.PostAsync("/Users", ScimClient.User("ana"));
        await database.ExecuteAsync("alter table audit_records_away rename to audit_records");

        refused.Status.Should().BeGreaterThanOrEqualTo(500);
        (await client.FilterAsync("userName eq \"ana\"")).TotalResults.Should().Be(0);
        (await client.PostAsync("/Users", ScimClient.User("ana"))).Status.Should().Be(201);
    }

    [Fact]
    public async Task A_record_that_nobody_knew_to_be_written_can_be_written_again()
    {
        var client = await host.CreateOrganizationAsync();
        var record = AuditRecord.Of((await host.GrantOfAsync(client)).OrganizationId, Actor.Service, "request", host.Clock.GetUtcNow()) with { Status = 404 };
        await using var database = host.OpenDatabase();

        await AuditTable.InsertAsync(database, record);
        await AuditTable.InsertAsync(database, record);

        (await RecordsAsync(client, refused: true)).Should().ContainSingle().Which.RequestId.Should().Be("request");
    }

    [Fact]
    public async Task Records_hold_no_values_and_no_secrets()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("canary-name", $$"""
            "password":"canary-password","externalId":"canary-external","emails":[{"value":"canary@example.com"}],"{{Enterprise}}":{"department":"canary-department"}
            """);
        await client.GetAsync("/Users?filter=userName%20eqq%20%22canary-filter%22");
        await client.PostAsync("/Users", ScimClient.User("canary-name"));
        await client.GetAsync("/Users/canary@example.com");
        await client.GetAsync("/canary/path");
        await client.PostAsync("/Bulk", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"DELETE","path":"/Users/canary-id"},{"method":"DELETE","path":"/canary"}]}""");
        await host.CreateClient("Bearer canary-token-0123456789012345678901234567890").GetAsync("/Users");

        await EventuallyAsync(client, 6, refused: true);

        await using var database = host.OpenDatabase();
        var rows = await database.QueryAsync("select * from audit_records");
        rows.Select(row => string.Join(' ', ((IDictionary<string, object?>)row).Values)).Should().NotContain(row => row.Contains("canary", StringComparison.Ordinal)).And.Contain(row => row.Contains(ana.Id));
    }

    [Fact]
    public async Task An_organization_sees_nothing_of_another()
    {
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var ana = await other.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{ana.Id}");

        (await EventuallyAsync(client, 1, refused: true)).Should().ContainSingle().Which.Status.Should().Be(404);
        (await RecordsAsync(client, actor: other.TokenId)).Should().BeEmpty();
        (await RecordsAsync(other, refused: true)).Should().BeEmpty();
    }

    [Fact]
    public async Task Records_whose_time_is_over_are_erased()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Retention:AuditRecords", "60s");
        var client = await started.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        started.Value.Clock.Advance(TimeSpan.FromMinutes(2));
        await client.CreateUserAsync("bob");

        await Eventually.BeAsync(async () => (await started.Value.SendAsync(new ListAuditRecords.Query(client.Organization))).Records.Count == 1);

        (await started.Value.SendAsync(new ListAuditRecords.Query(client.Organization))).Records.Should().ContainSingle().Which.Operation.Should().Be("CreateUser");
    }

    private async Task<IReadOnlyList<AuditRecord>> RecordsAsync(ScimClient client, string? actor = null, string? resource = null, string? request = null, bool refused = false) =>
        (await host.SendAsync(new ListAuditRecords.Query(client.Organization, Refused: refused, Resource: resource, Actor: actor, Request: request))).Records;

    /// <summary>The records once there are so many: refusals come within a second.</summary>
    private async Task<IReadOnlyList<AuditRecord>> EventuallyAsync(ScimClient client, int count, string? actor = null, bool refused = false)
    {
        IReadOnlyList<AuditRecord> records = [];
        await Eventually.BeAsync(async () => (records = await RecordsAsync(client, actor, refused: refused)).Count >= count);
        return records;
    }
}
