using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Deferred;

public sealed class DeferredTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly (string, string) Later = ("Prefer", "respond-async");

    private ScimHost host = null!;
    private ScimClient client = null!;

    public async Task InitializeAsync()
    {
        host = new ScimHost();
        await host.InitializeAsync();
        client = await host.CreateOrganizationAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_request_is_accepted_carried_out_and_told_of()
    {
        var accepted = await client.PostAsync("/Users", ScimClient.User("ana", "\"externalId\":\"00u1\""), Later);
        var done = await CompletedAsync(accepted);

        accepted.Status.Should().Be(202);
        accepted.Raw.Should().BeEmpty();
        accepted.Headers.GetValues("Preference-Applied").Should().Equal("respond-async");
        accepted.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/.async/{Txn(accepted)}");
        var ana = (await client.FilterAsync("userName eq \"ana\"")).Resources.Should().ContainSingle().Which!["id"]!.GetValue<string>();
        var token = SecurityToken.Verified(done.Raw, await KeysAsync());
        done.ContentHeaders.ContentType!.MediaType.Should().Be("application/secevent+jwt");
        token.Txn.Should().Be(Txn(accepted));
        token.Subject.Should().Be($"/Users/{ana}");
        token.Events.ShouldBeJson(
            $$"""
            {
              "urn:ietf:params:scim:event:misc:asyncresp": { "method": "POST", "status": "201", "location": "{{client.BaseUrl}}/Users/{{ana}}", "version": "W/\"1\"" }
            }
            """);
    }

    [Fact]
    public async Task Whoever_follows_events_learns_of_it_in_its_place()
    {
        var application = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
        var endpoint = await host.SendAsync(new CreateWebhook.Command(client.Organization, null, [], DeliveryMethod.Poll));
        var accepted = await client.PostAsync("/Users", ScimClient.User("ana"), Later);
        await CompletedAsync(accepted);

        var events = (await application.GetApiAsync("/events")).Body["events"]!.AsArray();
        var sets = (await application.SendAsync("POST", $"/../../api/v1/webhooks/{endpoint.Webhook.Id}/poll", """{"returnImmediately":true}""", ("Content-Type", "application/json"))).Body["sets"]!.AsObject();

        events.Select(told => told!["type"]!.GetValue<string>()).Should().Equal("user.created", "request.completed");
        events.Should().OnlyContain(told => told!["requestId"]!.GetValue<string>() == Txn(accepted) && told["actor"]!["id"]!.GetValue<string>() == client.TokenId);
        var keys = await KeysAsync();
        var tokens = sets.Select(set => SecurityToken.Verified(set.Value!.GetValue<string>(), keys)).ToArray();
        tokens.Select(token => token.Told[0]).Should().Equal("prov:create:full", "misc:asyncresp");
        tokens.Should().OnlyContain(token => token.Txn == Txn(accepted));
    }

    [Fact]
    public async Task Each_operation_of_a_Bulk_request_has_its_own_answer()
    {
        var accepted = await client.PostAsync("/Bulk", Bulk(
            """{"method":"POST","path":"/Users","bulkId":"a","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana"}}""",
            """{"method":"POST","path":"/Users","bulkId":"b","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ANA"}}""",
            """{"method":"POST","path":"/Groups","bulkId":"c","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Crew","members":[{"value":"bulkId:a"}]}}""",
            """{"method":"DELETE","path":"/Users/nobody"}"""), Later);
        var done = await CompletedAsync(accepted);

        var keys = await KeysAsync();
        var tokens = done.Body["sets"]!.AsObject().Select(set => SecurityToken.Verified(set.Value!.GetValue<string>(), keys)).ToArray();
        tokens.Select(token => token.Txn).Should().Equal(Enumerable.Range(0, 4).Select(number => $"{Txn(accepted)}:{number}"));
        var answers = tokens.Select(token => token.Payload("misc:asyncresp")).ToArray();
        answers.Select(answer => answer["status"]!.GetValue<string>()).Should().Equal("201", "409", "201", "404");
        answers.Select(answer => answer["bulkId"]?.GetValue<string>()).Should().Equal("a", "b", "c", null);
        answers[1]["response"]!["scimType"]!.GetValue<string>().Should().Be("uniqueness");
        tokens[1].Subject.Should().Be("/Users");
        tokens[3].Subject.Should().Be("/Users/nobody");
        (await client.GetAsync($"/Groups/{answers[2]["location"]!.GetValue<string>()[^36..]}")).Body["members"]!.AsArray().Should().ContainSingle();
        var application = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
        await Eventually.BeAsync(async () => (await application.GetApiAsync($"/requests?failed=true&request={Txn(accepted)}")).Body["requests"]!.AsArray().Count == 2);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_told_at_once()
    {
        (await client.PostAsync("/Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],""", Later)).ShouldBeError(400, "invalidSyntax");
        (await client.PatchAsync("/Users/x", """{"op":"replace","path":"title[","value":1}""", Later)).Status.Should().Be(400);
        (await client.PostAsync("/Bulk", Bulk(), Later)).Status.Should().BeOneOf(400, 200);
        (await (await host.CreateTokenAsync(client.Organization, TokenScope.Read)).PostAsync("/Users", ScimClient.User("ana"), Later)).Status.Should().Be(403);
        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task What_comes_to_light_later_is_told_later_as_it_would_have_been()
    {
        var ana = await client.CreateUserAsync("ana");

        var conflict = await client.PostAsync("/Users", ScimClient.User("Ana"), Later);
        var stale = await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"x"}""", Later, ("If-Match", "W/\"9\""));
        var missing = await client.DeleteAsync("/Users/nobody", Later);

        var keys = await KeysAsync(await CompletedAsync(missing));
        (await AnswerAsync(conflict, keys)).ShouldBeJson(
            $$"""
            {
              "method": "POST", "status": "409",
              "response": {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409", "scimType": "uniqueness",
                "detail": "userName: a user of this organization has this name already, active or not. (request {{Txn(conflict)}})"
              }
            }
            """);
        (await AnswerAsync(stale, keys))["status"]!.GetValue<string>().Should().Be("412");
        (await AnswerAsync(missing, keys))["status"]!.GetValue<string>().Should().Be("404");
    }

    [Fact]
    public async Task Requests_are_carried_out_in_the_order_in_which_they_came()
    {
        var ana = await client.CreateUserAsync("ana");
        ScimAnswer last = null!;
        for (var number = 0; number < 30; number++)
        {
            last = await client.PatchAsync($"/Users/{ana.Id}", $$"""{"op":"replace","path":"title","value":"{{number}}"}""", Later);
            last.Status.Should().Be(202);
        }

        var answer = await AnswerAsync(last, await KeysAsync(await CompletedAsync(last)));

        answer["version"]!.GetValue<string>().Should().Be("W/\"31\"");
        (await client.GetAsync($"/Users/{ana.Id}")).Body["title"]!.GetValue<string>().Should().Be("29");
    }

    [Fact]
    public async Task Two_servers_share_the_work_and_do_nothing_twice()
    {
        await using var second = await StartedHost.StartAsync("--ScimSlice:Database:ConnectionString", host.Database.ConnectionString);
        var (one, other) = (client, second.Value.Reconnect(client));
        var ana = await client.CreateUserAsync("ana");
        var accepted = new List<ScimAnswer>();
        for (var number = 0; number < 20; number++)
        {
            var who = number % 2 == 0 ? one : other;
            accepted.Add(await who.PatchAsync($"/Users/{ana.Id}", $$"""{"op":"replace","path":"title","value":"{{number}}"}""", Later));
            accepted.Add(await who.PostAsync("/Bulk", Bulk([.. Enumerable.Range(0, 20).Select(user =>
                $$"""{"method":"POST","path":"/Users","bulkId":"{{user}}","data":{{ScimClient.User($"user-{number}-{user}")}} }""")]), Later));
        }

        foreach (var request in accepted)
        {
            await CompletedAsync(request);
        }

        var after = await client.GetAsync($"/Users/{ana.Id}");
        (after.Body["title"]!.GetValue<string>(), after.Tag).Should().Be(("19", "W/\"21\""), "each was done once, in its order");
        (await client.GetAsync("/Users?count=0")).TotalResults.Should().Be(401);
        await WithDatabaseAsync(async database => (await database.ExecuteScalarAsync<long>("select count(*) from deferred_results where result like '%\"409\"%'")).Should().Be(0));
    }

    [Fact]
    public async Task All_methods_may_be_answered_later()
    {
        var ana = await client.CreateUserAsync("ana");
        var put = await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("ana", "\"title\":\"x\""), Later, ("If-Match", "W/\"1\""));
        await CompletedAsync(put);
        (await client.GetAsync($"/Users/{ana.Id}")).Body["title"]!.GetValue<string>().Should().Be("x");

        var gone = await client.DeleteAsync($"/Users/{ana.Id}", Later);
        var answer = await AnswerAsync(gone, await KeysAsync(await CompletedAsync(gone)));

        answer["status"]!.GetValue<string>().Should().Be("204");
        answer["location"]!.GetValue<string>().Should().Be($"{client.BaseUrl}/Users/{ana.Id}");
        (await client.GetAsync($"/Users/{ana.Id}")).Status.Should().Be(404);
        (await client.GetAsync("/Users", Later)).Status.Should().Be(200, "a read is answered");
    }

    [Fact]
    public async Task Who_follows_events_reads_nothing_of_what_the_client_wrote_in_the_place_of_ids_and_names()
    {
        var application = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
        var done = await CompletedAsync(await client.PostAsync("/Bulk", Bulk(
            """{"method":"POST","path":"/Users","bulkId":"zqcanary","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana"}}""",
            """{"method":"DELETE","path":"/Users/zqcanary@example.com"}""",
            """{"method":"ZQCANARY","path":"/zqcanary/x"}""",
            $$"""{"method":"DELETE","path":"/Users/{{new string('z', 3000)}}"}"""), Later));

        var told = (await application.GetApiAsync("/events")).Body["events"]!.AsArray().Where(one => one!["type"]!.GetValue<string>() == "request.completed").Select(one => one!["after"]!.ToJsonString()).ToArray();

        told.Should().HaveCount(4).And.OnlyContain(text => !text.Contains("zqcanary", StringComparison.OrdinalIgnoreCase) && !text.Contains("zzz"));
        var keys = await KeysAsync();
        var answers = done.Body["sets"]!.AsObject().Select(set => SecurityToken.Verified(set.Value!.GetValue<string>(), keys)).ToArray();
        answers.Select(answer => answer.Subject).Skip(1).Should().Equal("/Users/zqcanary%40example.com", "/", "/Users");
        answers[0].Payload("misc:asyncresp")["bulkId"]!.GetValue<string>().Should().Be("zqcanary");
        done.Raw.Should().NotContain("zzz");
    }

    [Theory]
    [InlineData("respond-async, wait=20")]
    [InlineData("wait=20; foo, RESPOND-ASYNC")]
    [InlineData("wait = \"20\" , respond-async;x=1")]
    [InlineData("foo=\"x, respond-async, y\"")]
    [InlineData("foo; respond-async")]
    [InlineData("respond - async")]
    public async Task Who_would_wait_is_answered_where_that_is_long_enough(string prefer)
    {
        var answer = await client.PostAsync("/Users", ScimClient.User("ana"), ("Prefer", prefer));

        answer.Status.Should().Be(201);
        answer.Headers.Contains("Preference-Applied").Should().BeFalse();
        (await CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("POST", "/Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob","Password":"zqpassword"}""", 201)]
    [InlineData("PATCH", "/Users/ID", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"password","value":"zqpassword"}]}""", 200)]
    [InlineData("PATCH", "/Users/ID", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"p\u0061ssword":"zqpassword"}}]}""", 200)]
    [InlineData("POST", "/Bulk", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"PATCH","path":"/Users/ID","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:PASSWORD","value":"zqpassword"}]}}]}""", 200)]
    public async Task A_password_is_not_kept_for_later(string method, string path, string body, int status)
    {
        var ana = await client.CreateUserAsync("ana");

        var answer = await client.SendAsync(method, path.Replace("ID", ana.Id, StringComparison.Ordinal), body.Replace("ID", ana.Id, StringComparison.Ordinal), Later);

        answer.Status.Should().BeOneOf(status, 204);
        (await CountAsync()).Should().Be(0);
        host.ReadDatabase().Should().NotContain("zqpassword");
    }

    [Fact]
    public async Task Who_has_waited_long_enough_is_answered_before_the_work_is_done()
    {
        var ana = await client.CreateUserAsync("ana");
        await using var database = host.OpenDatabase();
        if (database.State != ConnectionState.Open)
        {
            await database.OpenAsync();
        }

        var transaction = await database.BeginTransactionAsync();
        await database.ExecuteAsync("update users set version = version where id = @Id", new { ana.Id }, transaction);

        var waiting = client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"x"}""", ("Prefer", "respond-async, wait=1"));
        // Longer than it waits; but keeping it for later needs the same lock on SQLite, which is not waited for more than some six seconds.
        await Task.Delay(TimeSpan.FromSeconds(TestDatabase.IsPostgres ? 2 : 3.5));
        await transaction.RollbackAsync();
        await transaction.DisposeAsync();
        var answer = await waiting;
        if (TestDatabase.Provider == "Sqlite" || answer.Status != 200)
        {
            // A statement that PostgreSQL is at is not given up, and may be done a moment later.
            await CompletedAsync(answer);
        }

        var after = await client.GetAsync($"/Users/{ana.Id}");
        after.Body["title"]!.GetValue<string>().Should().Be("x");
        after.Tag.Should().Be("W/\"2\"", "it is done once");
    }

    [Fact]
    public async Task Who_does_not_hold_a_request_any_more_does_nothing_of_it()
    {
        await WithDatabaseAsync(database => InsertAsync(database, "held", "DELETE", "/Users", "nobody", null, leasedUntil: "held"));
        await using var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentOrganization>().Set(await host.GrantOfAsync(client));
        var (unit, storage, progress) = (scope.ServiceProvider.GetRequiredService<UnitOfWork>(), scope.ServiceProvider.GetRequiredService<StorageSession>(), scope.ServiceProvider.GetRequiredService<DeferredProgress>());
        var row = (await DeferredTable.FindAsync(storage, scope.ServiceProvider.GetRequiredService<CurrentOrganization>().Id, "held"))!;

        var save = async (long lease) => await unit.RunAsync(
            async _ =>
            {
                progress.Begin(row with { Lease = lease }, []);
                await progress.SaveAsync(storage, [new DeferredResult(0, "{}", "{}")], isLast: true);
                return true;
            },
            CancellationToken.None);

        await FluentActions.Awaiting(() => save(row.Lease + 1)).Should().ThrowAsync<OperationCanceledException>();
        await WithDatabaseAsync(async database => (await database.ExecuteScalarAsync<long>("select count(*) from deferred_results")).Should().Be(0));
        (await save(row.Lease)).Should().BeTrue();
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_any_more_holds_up_no_other()
    {
        await WithDatabaseAsync(async database =>
        {
            await InsertAsync(database, "damaged", "POST", "/Users", null, "{");
            await InsertAsync(database, "damaged-bulk", "POST", "/Bulk", null, "{");
            await InsertAsync(database, "next", "POST", "/Users", null, ScimClient.User("ana"));
        });

        var keys = await KeysAsync(await CompletedAsync("next"));

        SecurityToken.Verified((await CompletedAsync("damaged")).Raw, keys).Payload("misc:asyncresp")["status"]!.GetValue<string>().Should().Be("400");
        (await client.FilterAsync("userName eq \"ana\"")).TotalResults.Should().Be(1);
        (await CompletedAsync("damaged-bulk")).Text.Should().Be("""{"sets":{}}""");
    }

    [Fact]
    public async Task What_ends_in_a_fault_each_time_is_given_up_and_each_operation_is_told_so()
    {
        await WithDatabaseAsync(async database =>
        {
            await InsertAsync(database, "poison", "POST", "/Bulk", null, Bulk(
                """{"method":"POST","path":"/Users","bulkId":"a","data":{}}""", """{"method":"DELETE","path":"/Users/nobody"}"""));
            await database.ExecuteAsync("update deferred_requests set attempts = 5 where id = 'poison'");
        });

        var done = await CompletedAsync("poison");

        var keys = await KeysAsync();
        var tokens = done.Body["sets"]!.AsObject().Select(set => SecurityToken.Verified(set.Value!.GetValue<string>(), keys)).ToArray();
        tokens.Select(token => $"{token.Txn} {token.Subject} {token.Payload("misc:asyncresp")["status"]}").Should().BeEquivalentTo("poison:0 /Users 500", "poison:1 /Users/nobody 500");
    }

    [Fact]
    public async Task Where_too_many_wait_a_request_is_answered_at_once()
    {
        await WithDatabaseAsync(async database =>
        {
            for (var number = 0; number < 100; number++)
            {
                await InsertAsync(database, $"waiting{number}", "DELETE", "/Users", "nobody", null, leasedUntil: "held");
            }
        });

        (await client.PostAsync("/Users", ScimClient.User("ana"), Later)).Status.Should().Be(201);
    }

    [Fact]
    public async Task A_token_that_ended_meanwhile_does_nothing_any_more()
    {
        var other = await host.CreateTokenAsync(client.Organization);
        await host.SendAsync(new RevokeToken.Command(client.Organization, other.TokenId));
        await WithDatabaseAsync(database => InsertAsync(database, "early", "POST", "/Users", null, ScimClient.User("ana"), token: other));

        var done = await CompletedAsync("early");

        SecurityToken.Verified(done.Raw, await KeysAsync()).Payload("misc:asyncresp")["status"]!.GetValue<string>().Should().Be("401");
        (await client.FilterAsync("userName eq \"ana\"")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_Bulk_request_goes_on_where_a_server_left_it()
    {
        var ana = await client.CreateUserAsync("ana");
        var bulk = Bulk(
            """{"method":"POST","path":"/Users","bulkId":"a","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"never"}}""",
            """{"method":"POST","path":"/Users","bulkId":"b","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"failed"}}""",
            """{"method":"POST","path":"/Groups","bulkId":"c","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Crew","members":[{"value":"bulkId:a"}]}}""",
            """{"method":"POST","path":"/Users","bulkId":"d","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"after"}}""");
        await WithDatabaseAsync(async database =>
        {
            await using var transaction = await database.BeginTransactionAsync();
            await InsertAsync(database, "left", "POST", "/Bulk", null, bulk);
            foreach (var (number, result) in new[]
            {
                (0, $$"""{"path":"/Users/{{ana.Id}}","location":"/Users/{{ana.Id}}","method":"POST","bulkId":"a","version":"W/\"1\"","status":"201"}"""),
                (1, """{"path":"/Users","method":"POST","bulkId":"b","status":"409","response":{"status":"409","detail":"x"}}"""),
            })
            {
                await database.ExecuteAsync(
                    "insert into deferred_results (organization_id, request_id, number, at, result) values ((select id from organizations where name = @name), 'left', @number, '2026-01-01T00:00:00.000Z', @result)",
                    new { name = client.Organization, number, result });
            }

            await transaction.CommitAsync();
        });

        var done = await CompletedAsync("left");

        var keys = await KeysAsync();
        done.Body["sets"]!.AsObject().Select(set => SecurityToken.Verified(set.Value!.GetValue<string>(), keys).Payload("misc:asyncresp")["status"]!.GetValue<string>()).Should().Equal("201", "409", "201", "201");
        (await client.GetAsync("/Users?sortBy=userName")).UserNames.Should().Equal("after", "ana");
        (await client.GetAsync("/Groups")).Resources[0]!["members"]![0]!["value"]!.GetValue<string>().Should().Be(ana.Id);
    }

    [Fact]
    public async Task What_became_of_a_request_is_told_to_its_organization_and_to_nobody_else_and_not_for_good()
    {
        var accepted = await client.PostAsync("/Users", ScimClient.User("ana"), Later);
        await CompletedAsync(accepted);
        var path = $"/.async/{Txn(accepted)}";

        (await (await host.CreateTokenAsync(client.Organization, TokenScope.Read)).GetAsync(path)).Status.Should().Be(200);
        (await (await host.CreateOrganizationAsync()).GetAsync(path)).ShouldBeError(404);
        (await host.CreateClient().GetAsync(path)).Status.Should().Be(401);
        (await client.GetAsync("/.async/nothing")).ShouldBeError(404);
        host.Clock.Advance(TimeSpan.FromHours(25));
        await host.RestartAsync();
        client = host.Reconnect(client);
        await Eventually.BeAsync(async () => (await client.GetAsync(path)).Status == 404);
        (await CountAsync()).Should().Be(0);
    }

    [Fact]
    public async Task What_was_sent_is_not_kept_when_it_is_done_and_what_is_told_holds_no_values()
    {
        var application = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
        await CompletedAsync(await client.PostAsync("/Users", ScimClient.User("ana", "\"title\":\"Canary\""), Later));
        var refused = await CompletedAsync(await client.PostAsync("/Groups", ScimClient.Group("Crew", "Canary"), Later));
        SecurityToken.Verified(refused.Raw, await KeysAsync()).Payload("misc:asyncresp")["response"]!["detail"]!.GetValue<string>().Should().Contain("canary", "the client is told all");

        var told = (await application.GetApiAsync("/events")).Body["events"]!.AsArray().Where(told => told!["type"]!.GetValue<string>() == "request.completed").ToArray();

        told.Select(one => one!["after"]!["status"]!.GetValue<string>()).Should().Equal("201", "400");
        told.Should().OnlyContain(one => !one!.ToJsonString().Contains("canary", StringComparison.OrdinalIgnoreCase));
        await WithDatabaseAsync(async database => (await database.ExecuteScalarAsync<long>("select count(*) from deferred_requests where body is not null")).Should().Be(0));
        await Eventually.BeAsync(async () => (await application.GetApiAsync("/requests")).Body["requests"]!.AsArray().Any(one => $"{one!["status"]} {one["path"]}" == "400 /scim/v2/Groups"));
    }

    private static string Txn(ScimAnswer accepted) => accepted.Headers.GetValues("Set-Txn").Single();

    private static string Bulk(params string[] operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', operations)}}]}""";

    private Task<ScimAnswer> CompletedAsync(ScimAnswer accepted)
    {
        accepted.Status.Should().Be(202, accepted.Raw);
        return CompletedAsync(Txn(accepted));
    }

    private async Task<ScimAnswer> CompletedAsync(string txn)
    {
        ScimAnswer? answer = null;
        await Eventually.BeAsync(async () =>
        {
            answer = await client.GetAsync($"/.async/{txn}");
            answer.Status.Should().BeOneOf(200, 202);
            if (answer.Status == 202)
            {
                answer.Headers.RetryAfter!.ToString().Should().Be("1");
            }

            return answer.Status == 200;
        });
        return answer!;
    }

    private async Task<JsonNode> AnswerAsync(ScimAnswer accepted, JsonNode keys) => SecurityToken.Verified((await CompletedAsync(accepted)).Raw, keys).Payload("misc:asyncresp");

    private async Task<JsonNode> KeysAsync(ScimAnswer? after = null) =>
        (await host.CreateClient().GetApiAsync($"/issuers/{(await host.SendAsync(new ListWebhooks.Query(client.Organization))).Organization.Id}/jwks.json")).Body;

    private async Task<long> CountAsync()
    {
        await using var database = host.OpenDatabase();
        return await database.ExecuteScalarAsync<long>("select count(*) from deferred_requests");
    }

    private async Task WithDatabaseAsync(Func<DbConnection, Task> work)
    {
        // A request that came has made a key to tell with.
        await host.SendAsync(new RotateSigningKey.Command(client.Organization, TimeSpan.FromDays(1)));
        await using var database = host.OpenDatabase();
        if (database.State != ConnectionState.Open)
        {
            await database.OpenAsync();
        }

        await work(database);
    }

    /// <summary>A request as one server has kept it and not carried out.</summary>
    private async Task InsertAsync(
        DbConnection database, string id, string method, string endpoint, string? resourceId, string? body, ScimClient? token = null, string leasedUntil = "")
    {
        await database.ExecuteAsync(
            """
            insert into deferred_requests (organization_id, id, number, at, token_hash, method, endpoint, resource_id, body, size, attempts, lease, leased_until)
            select o.id, @id, (select count(*) from deferred_requests), '2026-01-01T00:00:00.000Z', (select t.hash from tokens t where t.id = @tokenId), @method, @endpoint, @resourceId, @body, 0, 0, 0, @until
            from organizations o where o.name = @name
            """,
            new
            {
                id,
                method,
                endpoint,
                resourceId,
                body = body is null ? null : Encoding.UTF8.GetBytes(body),
                tokenId = (token ?? client).TokenId,
                name = client.Organization,
                until = leasedUntil.Length == 0 ? "" : (host.Clock.GetUtcNow() + TimeSpan.FromSeconds(50)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            });
    }
}
