using Dapper;
using FluentAssertions;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Events;

/// <summary>GET /api/v1/events: every event once, in the order of the commits, to whom it belongs.</summary>
public sealed class FeedTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Pages_follow_on_one_another_without_a_gap()
    {
        var client = await host.CreateOrganizationAsync();
        for (var number = 0; number < 7; number++)
        {
            await client.CreateUserAsync($"user{number}");
        }

        var feed = await Feed.OfAsync(host, client);
        var told = await feed.ReadAsync(limit: 3);

        told.Select(found => found["position"]!.GetValue<long>()).Should().Equal(1, 2, 3, 4, 5, 6, 7);
        told.Select(found => found["after"]!["userName"]!.GetValue<string>()).Should().Equal("user0", "user1", "user2", "user3", "user4", "user5", "user6");
        (await feed.Client.GetApiAsync("/events?after=7")).Body.ShouldBeJson("""{ "events": [], "next": 7, "hasMore": false }""");
    }

    [Fact]
    public async Task Only_a_token_for_events_reads_them_and_it_reads_nothing_of_SCIM()
    {
        var client = await host.CreateOrganizationAsync();
        var (reader, events) = (await host.CreateTokenAsync(client.Organization, TokenScope.Read), await host.CreateTokenAsync(client.Organization, TokenScope.Events));

        foreach (var other in (ScimClient[])[client, reader])
        {
            var refused = await other.GetApiAsync("/events");
            refused.Status.Should().Be(403);
            refused.ContentHeaders.ContentType!.MediaType.Should().Be("application/problem+json");
            refused.Body["detail"]!.GetValue<string>().Should().Contain("--scope events");
            refused.Headers.WwwAuthenticate.ToString().Should().Contain("insufficient_scope");
        }

        (await events.GetApiAsync("/events")).Status.Should().Be(200);
        (await events.GetAsync("/Users")).ShouldBeError(403);
        (await events.PostAsync("/Users", ScimClient.User("eve"))).ShouldBeError(403);
        (await events.PostAsync("/Bulk", "{}")).ShouldBeError(403);
        (await host.CreateClient().GetApiAsync("/events")).Status.Should().Be(401);
        (await host.CreateClient("Bearer wrong").GetApiAsync("/users")).Status.Should().Be(401);
        (await host.CreateClient("Bearer wrong").GetApiAsync("/nothing")).Status.Should().Be(401);
    }

    [Fact]
    public async Task Nobody_reads_what_happens_to_others()
    {
        var (own, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        await other.CreateUserAsync("zqother");
        await own.CreateUserAsync("ana");
        await other.CreateUserAsync("zqother2");

        var feed = await Feed.OfAsync(host, own);

        (await feed.ReadAsync()).Should().ContainSingle().Which["position"]!.GetValue<long>().Should().Be(1, "how much happens to others does not show either");
        foreach (var path in (string[])["/users", "/groups", "/members"])
        {
            (await feed.Client.GetApiAsync(path)).Text.Should().NotContain("zqother");
        }
    }

    [Theory]
    [InlineData("/events?after=-1")]
    [InlineData("/events?after=x")]
    [InlineData("/events?after=1&after=2")]
    [InlineData("/events?limit=0")]
    [InlineData("/events?limit=1001")]
    [InlineData("/events?wait=61")]
    [InlineData("/events?wait=")]
    [InlineData("/events?After=1")]
    [InlineData("/events?unknown=1")]
    [InlineData("/events?after=99999999999999999999")]
    [InlineData("/users?after=x")]
    [InlineData("/users?position=1&after=%00")]
    [InlineData("/members?after=a&position=0")]
    public async Task What_is_no_request_is_told_so(string path)
    {
        var feed = await Feed.OfAsync(host, await host.CreateOrganizationAsync());

        var answer = await feed.Client.GetApiAsync(path);

        answer.Status.Should().Be(400, answer.Text);
        answer.Body["title"]!.GetValue<string>().Should().Be("Bad Request");
        answer.Body["status"]!.GetValue<int>().Should().Be(400);
        answer.Body["detail"]!.GetValue<string>().Should().NotBeEmpty();
        answer.Body["requestId"]!.GetValue<string>().Should().HaveLength(32);
    }

    [Fact]
    public async Task A_position_that_was_never_given_is_gone()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        var feed = await Feed.OfAsync(host, client);

        (await feed.Client.GetApiAsync("/events?after=1")).Status.Should().Be(200);
        (await feed.Client.GetApiAsync("/events?after=2")).Status.Should().Be(410);
    }

    [Fact]
    public async Task Events_are_kept_for_so_long_and_who_comes_later_is_told_to_begin_anew()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Retention:Events", "60s", "--ScimSlice:Webhooks:RetryFor", "60s");
        var client = await started.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        var feed = await Feed.OfAsync(started.Value, client);
        await feed.ReadAsync();

        started.Value.Clock.Advance(TimeSpan.FromSeconds(61));

        await Eventually.BeAsync(async () => (await feed.Client.GetApiAsync("/events")).Status == 410);
        (await feed.Client.GetApiAsync("/events")).Body["detail"]!.GetValue<string>().Should().Contain("snapshot");
        await client.CreateUserAsync("cleo");
        (await feed.ReadAsync()).Should().ContainSingle().Which["position"]!.GetValue<long>().Should().Be(3, "positions go on");
        (await feed.Client.GetApiAsync("/events?after=1")).Text.Should().NotContain("bob", "its time is over too");
    }

    [Fact]
    public async Task Events_that_nobody_reads_are_erased_too()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Retention:Events", "60s", "--ScimSlice:Webhooks:RetryFor", "60s");
        var client = await started.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        started.Value.Clock.Advance(TimeSpan.FromSeconds(61));

        await Eventually.BeAsync(async () =>
        {
            await using var database = started.Value.OpenDatabase();
            return await database.ExecuteScalarAsync<long>("select count(*) from events where after_values is not null") == 0
                && await database.ExecuteScalarAsync<long>("select count(*) from events") == 1;
        });
    }

    [Fact]
    public async Task A_token_that_ends_while_it_waits_is_told_nothing_more()
    {
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);
        var waiting = feed.Client.GetApiAsync("/events?wait=60");
        await Task.Delay(200);

        await host.SendAsync(new ScimSlice.Features.Organizations.RevokeToken.Command(client.Organization, feed.Client.TokenId));

        (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Status.Should().Be(401);
    }

    [Fact]
    public async Task Headers_alone_are_not_waited_for()
    {
        var feed = await Feed.OfAsync(host, await host.CreateOrganizationAsync());

        var answer = await feed.Client.SendAsync("HEAD", "/../../api/v1/events?wait=60", null, ("Accept", "text/event-stream")).WaitAsync(TimeSpan.FromSeconds(20));

        (answer.Status, answer.ContentHeaders.ContentType!.MediaType).Should().Be((200, "application/json"));
    }

    [Fact]
    public async Task Who_waits_is_answered_as_soon_as_something_happens()
    {
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);

        var waiting = feed.Client.GetApiAsync("/events?wait=60");
        await Task.Delay(200);
        waiting.IsCompleted.Should().BeFalse();
        await client.CreateUserAsync("ana");

        (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).Body["events"]!.AsArray().Should().ContainSingle();
        (await feed.Client.GetApiAsync("/events?after=1&wait=1")).Body["events"]!.AsArray().Should().BeEmpty("and when its time is over");
    }

    [Fact]
    public async Task So_many_wait_at_once_and_others_are_told_to_come_again()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Limits:EventStreams", "2");
        var (client, other) = (await started.Value.CreateOrganizationAsync(), await started.Value.CreateOrganizationAsync());
        var (feed, others) = (await Feed.OfAsync(started.Value, client), await Feed.OfAsync(started.Value, other));

        var waiting = Enumerable.Range(0, 3).Select(_ => feed.Client.GetApiAsync("/events?wait=60")).ToList();
        var refused = await Task.WhenAny(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        waiting.Remove(refused);

        (await refused).Status.Should().Be(429);
        (await refused).Headers.RetryAfter!.Delta.Should().BePositive();
        (await feed.Client.GetApiAsync("/events")).Status.Should().Be(200, "who does not wait takes no place");
        (await others.Client.GetApiAsync("/events?wait=1")).Status.Should().Be(200);
        await client.CreateUserAsync("ana");
        (await Task.WhenAll(waiting)).Should().OnlyContain(answer => answer.Status == 200);
    }

    [Fact]
    public async Task A_stream_tells_events_as_they_come_goes_on_where_one_was_and_ends_with_its_token()
    {
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);
        await client.CreateUserAsync("ana");

        using (var stream = await EventStream.OpenAsync(feed.Client, "/events"))
        {
            stream.MediaType.Should().Be("text/event-stream");
            var first = await stream.ReadAsync();
            await client.CreateUserAsync("bob");
            var second = await stream.ReadAsync();
            (first.Id, first.Type, first.Data["after"]!["userName"]!.GetValue<string>()).Should().Be(("1", "user.created", "ana"));
            (second.Id, second.Data["after"]!["userName"]!.GetValue<string>()).Should().Be(("2", "bob"));
        }

        using (var again = await EventStream.OpenAsync(feed.Client, "/events", lastId: "1"))
        {
            (await again.ReadAsync()).Id.Should().Be("2");
            await host.SendAsync(new ScimSlice.Features.Organizations.RevokeToken.Command(client.Organization, feed.Client.TokenId));
            (await again.EndsAsync()).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_server_that_ends_does_not_wait_for_who_waits()
    {
        await using var program = new ScimProgram();
        await program.ServeAsync();
        await program.RunJsonAsync("org", "create", "acme");
        var client = program.CreateClient((await program.RunJsonAsync("token", "create", "acme", "--name", "app", "--scope", "events"))["token"]!.GetValue<string>());
        var waiting = client.GetApiAsync("/events?wait=60");
        using var stream = await EventStream.OpenAsync(client, "/events");

        (await program.TerminateAsync().WaitAsync(TimeSpan.FromSeconds(20))).Should().Be(0);

        (await waiting).Status.Should().Be(503);
        (await stream.EndsAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task Under_many_writers_on_two_servers_each_event_is_read_once_and_those_of_a_resource_in_their_order()
    {
        await using var second = await StartedHost.StartAsync("--ScimSlice:Database:ConnectionString", host.Database.ConnectionString);
        var client = await host.CreateOrganizationAsync();
        var elsewhere = second.Value.Reconnect(client);
        var shared = await client.CreateUserAsync("shared");
        var feed = await Feed.OfAsync(host, client);
        using var done = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await feed.ReadAsync(limit: 7);
            }
        });

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            var (here, versions) = (writer % 2 == 0 ? client : elsewhere, new List<string>());
            for (var number = 0; number < 15; number++)
            {
                var user = await here.CreateUserAsync($"user{writer}-{number}");
                await here.PatchAsync($"/Users/{user.Id}", """{"op":"replace","path":"title","value":"x"}""");
                await here.PatchAsync($"/Users/{shared.Id}", $$"""{"op":"replace","path":"title","value":"{{writer}}-{{number}}"}""");
                versions.Add(user.Id);
            }

            return versions;
        }));
        await done.CancelAsync();
        await reading;
        await feed.ReadAsync();

        feed.Events.Select(found => found["position"]!.GetValue<long>()).Should().Equal(Enumerable.Range(1, feed.Events.Count).Select(number => (long)number), "none is missing, none comes twice, none comes late");
        var versions = feed.Events.GroupBy(found => found["resource"]!["id"]!.GetValue<string>()).ToDictionary(events => events.Key, events => events.Select(found => found["resource"]!["version"]!.GetValue<long>()).ToArray());
        versions.Should().HaveCount(121);
        made.SelectMany(ids => ids).Should().OnlyContain(id => versions[id].SequenceEqual(new long[] { 1, 2 }));
        var last = (await client.GetAsync($"/Users/{shared.Id}")).Body;
        versions[shared.Id].Should().Equal(Enumerable.Range(1, versions[shared.Id].Length).Select(number => (long)number));
        last["meta"]!["version"]!.GetValue<string>().Should().Be($"W/\"{versions[shared.Id].Length}\"");
        last["title"]!.GetValue<string>().Should().Be(feed.Events.Last(found => found["resource"]!["id"]!.GetValue<string>() == shared.Id)["after"]!["title"]!.GetValue<string>());
    }

    [OnPostgresFact]
    public async Task A_commit_that_comes_late_is_told_late_and_not_passed_over()
    {
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);
        var organization = (await host.GrantOfAsync(client)).OrganizationId;
        await using var late = host.OpenDatabase();
        await using var transaction = await late.BeginTransactionAsync();
        await late.ExecuteAsync(
            """
            insert into events (organization_id, at, type, resource_type, resource_id, version, request_id, actor_kind, actor)
            values (@organization, '2026-11-26T00:00:00.000Z', 'user.deleted', 'User', 'late', 1, 'r', 'token', 't')
            """,
            new { organization });

        await client.CreateUserAsync("ana");
        var before = await feed.ReadAsync();
        await transaction.CommitAsync();
        var after = await feed.ReadAsync();

        before.Should().ContainSingle().Which["type"]!.GetValue<string>().Should().Be("user.created");
        after.Should().ContainSingle().Which["resource"]!["id"]!.GetValue<string>().Should().Be("late");
        after[0]["position"]!.GetValue<long>().Should().Be(2);
    }

    [Fact]
    public async Task A_snapshot_and_the_events_since_make_the_whole_picture_while_others_write()
    {
        var client = await host.CreateOrganizationAsync();
        for (var number = 0; number < 12; number++)
        {
            var user = await client.CreateUserAsync($"before{number}");
            await client.CreateGroupAsync($"Group {number}", user.Id);
        }

        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var number = 0; !done.IsCancellationRequested; number++)
            {
                var users = (await client.GetAsync("/Users?count=200")).Resources.Select(user => user!["id"]!.GetValue<string>()).ToArray();
                var groups = (await client.GetAsync("/Groups?count=200&excludedAttributes=members")).Resources.Select(group => group!["id"]!.GetValue<string>()).ToArray();
                await client.CreateUserAsync($"during{number}");
                await client.PatchAsync($"/Users/{users[number % users.Length]}", $$"""{"op":"replace","path":"title","value":"{{number}}"}""");
                await client.PatchAsync($"/Groups/{groups[number % groups.Length]}", $$"""{"op":"add","path":"members","value":[{"value":"{{users[(number + 1) % users.Length]}}"}]}""");
                if (number % 3 == 0)
                {
                    await client.DeleteAsync($"/Users/{users[(number * 7) % users.Length]}");
                }
            }
        });
        var feed = await Feed.OfAsync(host, client);
        var picture = await Picture.TakeAsync(feed.Client, limit: 5);
        await Task.Delay(300);
        await done.CancelAsync();
        await writing;

        var follower = new Feed(feed.Client, picture.Position);
        picture.Apply(await follower.ReadAsync());

        var whole = await Picture.TakeAsync(feed.Client, limit: 1000);
        picture.Lines().Should().Equal(whole.Lines());
        picture.Position.Should().BeLessThan(whole.Position, "something happened meanwhile");
    }
}
