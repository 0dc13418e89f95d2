using System.Globalization;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using ScimSlice.Features.Events;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Webhooks;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Webhooks;

public sealed class WebhookTests : IAsyncLifetime, IAsyncDisposable
{
    private ScimHost host = null!;
    private WebhookReceiver receiver = null!;
    private ScimClient client = null!;

    public async Task InitializeAsync()
    {
        host = new ScimHost { Settings = ["--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8"] };
        await host.InitializeAsync();
        receiver = await WebhookReceiver.StartAsync();
        client = await host.CreateOrganizationAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Events_are_sent_signed_and_in_order_from_when_the_webhook_was_made()
    {
        await client.CreateUserAsync("before");
        var hook = await CreateAsync();

        var ana = await client.CreateUserAsync("ana");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"x"}""");
        await client.DeleteAsync($"/Users/{ana.Id}");
        await TakenAsync(3);

        receiver.Taken.Select(message => message.Type).Should().Equal("user.created", "user.updated", "user.deleted");
        var first = receiver.Taken.First();
        first.Id.Should().Be(first.Event["id"]!.GetValue<string>());
        first.Position.Should().Be(2);
        first.Event["after"]!["userName"]!.GetValue<string>().Should().Be("ana");
        long.Parse(first.Timestamp, CultureInfo.InvariantCulture).Should().BeCloseTo(host.Clock.GetUtcNow().ToUnixTimeSeconds(), 60);
        receiver.Taken.Should().OnlyContain(message => message.IsSignedWith(hook.Secret!));
        receiver.Taken.Select(message => message.Id).Should().OnlyHaveUniqueItems();
        await Eventually.BeAsync(async () => (await ListAsync()).Webhooks.Single().Position == 4);
    }

    [Fact]
    public async Task Only_the_types_that_were_asked_for_are_sent()
    {
        await CreateAsync("user.deactivated", "group.*");

        var ana = await client.CreateUserAsync("ana");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":false}""");
        await client.CreateGroupAsync("Crew", ana.Id);
        await TakenAsync(3);

        receiver.Received.Select(message => message.Type).Should().BeEquivalentTo("user.deactivated", "group.created", "group.member_added");
    }

    [Fact]
    public async Task What_fails_is_sent_again_later_before_what_follows_of_its_resource_and_holds_up_no_other()
    {
        await CreateAsync();
        var ana = await client.CreateUserAsync("ana");
        await TakenAsync(1);
        receiver.Answer = (_, message) => Task.FromResult(message.ResourceId == ana.Id ? 500 : 204);

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"x"}""");
        await Eventually.BeAsync(async () => (await ListAsync()).Waiting.Values.Sum() == 1);
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"y"}""");
        await client.CreateUserAsync("bob");
        await TakenAsync(2);
        await Eventually.BeAsync(async () => (await ListAsync()).Waiting.Values.Sum() == 2);
        receiver.Received.Count(message => message.ResourceId == ana.Id).Should().Be(2, "the second change waits for the first");

        receiver.Answer = null;
        host.Clock.Advance(TimeSpan.FromSeconds(7));
        await TakenAsync(4);

        receiver.Taken.Where(message => message.ResourceId == ana.Id).Select(message => message.Event["resource"]!["version"]!.GetValue<long>()).Should().Equal(1, 2, 3);
        await Eventually.BeAsync(async () => (await ListAsync()).Waiting.Values.Sum() == 0);
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_asked_now_and_then_and_given_all_when_it_is_back()
    {
        await CreateAsync();
        receiver.Answer = (_, _) => Task.FromResult(503);
        var users = new List<ScimAnswer>();
        for (var number = 0; number < 40; number++)
        {
            users.Add(await client.CreateUserAsync($"user{number}"));
        }

        await Eventually.BeAsync(async () => (await ListAsync()).Webhooks.Single().Failures >= 10);
        await Task.Delay(1500);
        receiver.Received.Should().HaveCountLessThan(40, "not each event is tried");

        receiver.Answer = null;
        await Eventually.BeAsync(() =>
        {
            host.Clock.Advance(TimeSpan.FromSeconds(10));
            return Task.FromResult(receiver.Taken.Count >= 40);
        });

        receiver.Taken.Select(message => message.ResourceId).Should().BeEquivalentTo(users.Select(user => user.Id));
    }

    [Theory]
    [InlineData(400, 1)]
    [InlineData(500, 60)]
    public async Task What_a_receiver_refuses_for_good_keeps_nothing_else_from_it(int status, int minutes)
    {
        await CreateAsync();
        receiver.Answer = (_, message) => Task.FromResult(message.Type.StartsWith("group.", StringComparison.Ordinal) ? status : 204);
        for (var number = 0; number < 12; number++)
        {
            await client.CreateGroupAsync($"group{number}");
        }

        await Eventually.BeAsync(async () => (await ListAsync()).Webhooks.Single().Failures >= 10 || receiver.Received.Count >= 12);
        var passed = 0;
        for (var number = 0; number < 3; number++)
        {
            var user = await client.CreateUserAsync($"user{number}");
            await Eventually.BeAsync(() =>
            {
                var isTaken = receiver.Taken.Any(message => message.ResourceId == user.Id);
                host.Clock.Advance(TimeSpan.FromSeconds(isTaken || status == 400 ? 0 : 20));
                passed += isTaken || status == 400 ? 0 : 20;
                return Task.FromResult(isTaken);
            });
        }

        passed.Should().BeLessThan(minutes * 60, "the endpoint is asked by what is new, too");
        (await ListAsync()).Waiting.Values.Sum().Should().Be(12, "each is still tried again");
    }

    [Fact]
    public async Task A_receiver_that_asks_for_time_gets_it()
    {
        await CreateAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return Task.FromResult(429);
        };
        await client.CreateUserAsync("ana");
        await Eventually.BeAsync(async () => (await ListAsync()).Waiting.Values.Sum() == 1);
        receiver.Answer = null;
        await client.CreateUserAsync("bob");

        host.Clock.Advance(TimeSpan.FromMinutes(59));
        await Task.Delay(1200);
        receiver.Taken.Should().BeEmpty("others are not sent either");
        host.Clock.Advance(TimeSpan.FromMinutes(2));

        await TakenAsync(2);
    }

    [Fact]
    public async Task Whatever_a_receiver_asks_for_everything_comes_in_the_end()
    {
        // Days pass quickly here: nothing is to be given up, however slow the machine.
        await using var started = await StartedHost.StartAsync("--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8", "--ScimSlice:Webhooks:RetryFor", "300d", "--ScimSlice:Retention:Events", "365d");
        var owner = await started.Value.CreateOrganizationAsync();
        await started.Value.SendAsync(new CreateWebhook.Command(owner.Organization, receiver.Url, []));
        string[] asked = ["", "0", "-5", "1.5", "soon", "99999999999999999999", "4000000000", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "1, 2", "\"3\""];
        var answered = -1;
        receiver.Answer = (context, _) =>
        {
            var next = Interlocked.Increment(ref answered);
            if (next >= asked.Length)
            {
                return Task.FromResult(204);
            }

            context.Response.Headers.RetryAfter = asked[next];
            return Task.FromResult(503);
        };
        for (var number = 0; number < asked.Length; number++)
        {
            await owner.CreateUserAsync($"user{number}");
        }

        await Eventually.BeAsync(() =>
        {
            started.Value.Clock.Advance(TimeSpan.FromMinutes(30));
            return Task.FromResult(receiver.Taken.Count == asked.Length);
        });
    }

    [Fact]
    public async Task Who_answers_410_is_sent_no_more_until_it_is_enabled_again()
    {
        var hook = await CreateAsync();
        receiver.Answer = (_, _) => Task.FromResult(410);
        await client.CreateUserAsync("ana");
        await Eventually.BeAsync(async () => (await ListAsync()).Webhooks.Single().DisabledAt is not null);
        receiver.Answer = null;
        await client.CreateUserAsync("bob");
        host.Clock.Advance(TimeSpan.FromHours(1));
        await Task.Delay(1200);
        receiver.Received.Should().ContainSingle();

        await host.SendAsync(new EnableWebhook.Command(client.Organization, hook.Webhook.Id, Enabled: true));

        await TakenAsync(2);
    }

    [Fact]
    public async Task What_fails_for_days_is_given_up_listed_and_sent_again_when_somebody_says_so()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8", "--ScimSlice:Webhooks:RetryFor", "60s");
        var owner = await started.Value.CreateOrganizationAsync();
        var app = await started.Value.CreateTokenAsync(owner.Organization, TokenScope.Events);
        var hook = await started.Value.SendAsync(new CreateWebhook.Command(owner.Organization, receiver.Url, []));
        receiver.Answer = (_, _) => Task.FromResult(500);
        await owner.CreateUserAsync("ana");

        await Eventually.BeAsync(async () =>
        {
            started.Value.Clock.Advance(TimeSpan.FromSeconds(40));
            return (await app.GetApiAsync("/deliveries?dead=true")).Body["deliveries"]!.AsArray().Count == 1;
        });

        var dead = (await app.GetApiAsync("/deliveries?dead=true")).Body["deliveries"]![0]!;
        (dead["position"]!.GetValue<long>(), dead["status"]!.GetValue<int>(), dead["attempts"]!.GetValue<long>()).Should().Match<(long, int, long)>(found => found.Item1 == 1 && found.Item2 == 500 && found.Item3 > 1);
        dead["failure"]!.GetValue<string>().Should().Be("It answered 500.");
        var count = receiver.Received.Count;
        started.Value.Clock.Advance(TimeSpan.FromDays(3));
        await Task.Delay(1200);
        receiver.Received.Should().HaveCount(count, "what is given up is not tried");

        receiver.Answer = null;
        (await app.SendAsync("POST", $"/../../api/v1/webhooks/{hook.Webhook.Id}/redeliver?position=2", null)).Status.Should().Be(404);
        (await app.SendAsync("POST", "/../../api/v1/webhooks/nobody/redeliver", null)).Status.Should().Be(404);
        (await app.SendAsync("POST", $"/../../api/v1/webhooks/{hook.Webhook.Id}/redeliver?position=1", null)).Body.ShouldBeJson("""{ "deliveries": 1 }""");
        await TakenAsync(1);
        await Eventually.BeAsync(async () => (await app.GetApiAsync("/deliveries")).Body["deliveries"]!.AsArray().Count == 0);
    }

    [Fact]
    public async Task While_a_secret_is_changed_both_sign()
    {
        var hook = await CreateAsync();
        var rotated = await host.SendAsync(new RotateWebhookSecret.Command(client.Organization, hook.Webhook.Id, TimeSpan.FromHours(1)));

        await client.CreateUserAsync("ana");
        await TakenAsync(1);
        host.Clock.Advance(TimeSpan.FromHours(2));
        await client.CreateUserAsync("bob");
        await TakenAsync(2);

        var (during, after) = (receiver.Taken.First(), receiver.Taken.Last());
        rotated.Secret.Should().NotBe(hook.Secret!).And.StartWith("whsec_");
        (during.IsSignedWith(hook.Secret!), during.IsSignedWith(rotated.Secret)).Should().Be((true, true));
        (after.IsSignedWith(hook.Secret!), after.IsSignedWith(rotated.Secret)).Should().Be((false, true));
    }

    [Fact]
    public async Task An_endpoint_that_hangs_delays_no_other_one()
    {
        await using var hanging = await WebhookReceiver.StartAsync();
        using var ends = new SemaphoreSlim(0);
        hanging.Answer = async (_, _) =>
        {
            await ends.WaitAsync();
            return 204;
        };
        await host.SendAsync(new CreateWebhook.Command(client.Organization, hanging.Url, []));
        await CreateAsync();

        await client.CreateUserAsync("ana");
        await Eventually.BeAsync(() => Task.FromResult(!hanging.Received.IsEmpty));
        await client.CreateUserAsync("bob");
        await TakenAsync(2);

        hanging.Taken.Should().BeEmpty();
        ends.Release(100);
    }

    [Fact]
    public async Task Two_servers_share_the_work_and_send_each_event_once()
    {
        await using var second = await StartedHost.StartAsync("--ScimSlice:Database:ConnectionString", host.Database.ConnectionString, "--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8");
        await CreateAsync();
        var elsewhere = second.Value.Reconnect(client);

        for (var number = 0; number < 20; number++)
        {
            await (number % 2 == 0 ? client : elsewhere).CreateUserAsync($"user{number}");
        }

        await TakenAsync(20);
        await Task.Delay(1200);
        receiver.Received.Select(message => message.Position).Order().Should().Equal(Enumerable.Range(1, 20).Select(number => (long)number));
    }

    [Fact]
    public async Task An_answer_may_say_that_the_change_is_in_effect()
    {
        await CreateAsync();
        receiver.Answer = async (context, message) =>
        {
            await context.Response.WriteAsync(message.Type == "user.deactivated" ? """{"acknowledged":true}""" : "{\"acknowledged\":\"yes\"}");
            return 200;
        };
        var (ana, bob) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"));
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":false}""");
        await client.DeleteAsync($"/Users/{bob.Id}");
        await TakenAsync(4);

        await Eventually.BeAsync(async () => (await host.SendAsync(new ListUnacknowledged.Query(client.Organization, 0, 10))).Events.Count == 1);
        (await host.SendAsync(new ListUnacknowledged.Query(client.Organization, 0, 10))).Events.Single().ResourceId.Should().Be(bob.Id);
    }

    [Fact]
    public async Task Redirects_are_not_followed_and_private_addresses_not_reached()
    {
        await using var elsewhere = await WebhookReceiver.StartAsync();
        await using var guarded = await StartedHost.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Headers.Location = elsewhere.Url;
            return Task.FromResult(307);
        };
        var owner = await guarded.Value.CreateOrganizationAsync();
        var toPlain = () => guarded.Value.SendAsync(new CreateWebhook.Command(owner.Organization, elsewhere.Url, []));
        (await toPlain.Should().ThrowAsync<ScimException>()).Which.Detail.Should().Contain("https://");
        await guarded.Value.SendAsync(new CreateWebhook.Command(owner.Organization, $"https://localhost:{new Uri(elsewhere.Url).Port}/hook", []));
        await CreateAsync();

        await client.CreateUserAsync("ana");
        await owner.CreateUserAsync("ana");

        await Eventually.BeAsync(async () => (await ListAsync()).Waiting.Values.Sum() == 1);
        await Eventually.BeAsync(async () => (await guarded.Value.SendAsync(new ListDeliveries.Query(owner.Organization, null, Dead: false, null, 10))).Deliveries is [{ Attempts: 1, Failure: { } failure }] && failure.Contains("AllowedNetworks", StringComparison.Ordinal));
        elsewhere.Received.Should().BeEmpty();
    }

    [Fact]
    public async Task Whatever_a_receiver_answers_counts_as_taken_or_as_failed()
    {
        await CreateAsync();
        var users = new List<ScimAnswer>();
        foreach (var body in (string[])["{\"ack\\ud800xx\":true}", "{\"acknowledged\":\"\\ud800\"}", "[1", "\0", "null", "{}", new string('x', 100_000)])
        {
            receiver.Answer = async (context, _) =>
            {
                await context.Response.WriteAsync(body);
                return 200;
            };
            users.Add(await client.CreateUserAsync($"user{users.Count}"));
            await TakenAsync(users.Count);
        }

        receiver.Answer = async (context, _) =>
        {
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            await Task.Delay(TimeSpan.FromSeconds(4));
            return 200;
        };
        users.Add(await client.CreateUserAsync("slow"));
        await Eventually.BeAsync(async () => (await ListAsync()).Webhooks.Single().Position == users.Count);

        receiver.Received.Should().HaveCount(users.Count, "any 2xx takes the event");
        (await ListAsync()).Waiting.Values.Sum().Should().Be(0);
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_connected_to_is_a_failure_like_others()
    {
        using var full = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        full.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)full.LocalEndPoint!).Port;
        await host.SendAsync(new CreateWebhook.Command(client.Organization, $"http://127.0.0.1:{port}/hook", []));

        await client.CreateUserAsync("ana");

        await Eventually.BeAsync(async () => (await host.SendAsync(new ListDeliveries.Query(client.Organization, null, Dead: false, null, 10))).Deliveries is [{ Attempts: 1 }]);
    }

    [Fact]
    public async Task What_is_kept_no_more_is_told_as_missed_and_not_passed_over_in_silence()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8", "--ScimSlice:Webhooks:RetryFor", "60s", "--ScimSlice:Retention:Events", "60s");
        var owner = await started.Value.CreateOrganizationAsync();
        var hook = await started.Value.SendAsync(new CreateWebhook.Command(owner.Organization, receiver.Url, []));
        await started.Value.SendAsync(new EnableWebhook.Command(owner.Organization, hook.Webhook.Id, Enabled: false));
        foreach (var name in (string[])["ana", "bob", "cleo"])
        {
            await owner.CreateUserAsync(name);
        }

        var app = await started.Value.CreateTokenAsync(owner.Organization, TokenScope.Events);
        started.Value.Clock.Advance(TimeSpan.FromSeconds(61));
        await Eventually.BeAsync(async () => (await app.GetApiAsync("/events")).Status == 410);
        await owner.CreateUserAsync("dora");
        await started.Value.SendAsync(new EnableWebhook.Command(owner.Organization, hook.Webhook.Id, Enabled: true));

        await Eventually.BeAsync(() => Task.FromResult(receiver.Taken.Any(message => message.Position == 4)));
        var dead = (await app.GetApiAsync("/deliveries?dead=true")).Body["deliveries"]!.AsArray();
        dead[0]!["failure"]!.GetValue<string>().Should().StartWith("Events 1 to ").And.Contain("snapshot");

        // The last of them is kept until there is a later one, and may go between its turn and its sending; then it is told as well.
        dead.Skip(1).Select(row => row!["position"]!.GetValue<int>()).Should().BeSubsetOf([3]);
    }

    [Fact]
    public async Task Deliveries_are_listed_in_pages_that_pass_over_none()
    {
        receiver.Answer = (_, _) => Task.FromResult(500);
        await CreateAsync();
        await CreateAsync();
        await CreateAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        await Eventually.BeAsync(async () => (await ListAsync()).Waiting.Values.Sum() == 6);
        var app = await host.CreateTokenAsync(client.Organization, TokenScope.Events);

        var (found, next) = (new List<string>(), "");
        for (var pages = 0; next is not null; pages++)
        {
            pages.Should().BeLessThan(3);
            var page = (await app.GetApiAsync($"/deliveries?limit=2&after={next}")).Body;
            found.AddRange(page["deliveries"]!.AsArray().Select(row => $"{row!["position"]} {row["webhook"]}"));
            next = page["next"]?.GetValue<string>();
        }

        found.Should().HaveCount(6).And.OnlyHaveUniqueItems();
        (await app.GetApiAsync("/deliveries?after=1")).Body["deliveries"]!.AsArray().Should().HaveCount(3, "a position may be given, too");
        (await app.GetApiAsync("/deliveries?after=x")).Status.Should().Be(400);
    }

    [Theory]
    [InlineData("user.nothing")]
    [InlineData("*")]
    [InlineData("users.*")]
    [InlineData("")]
    public async Task A_type_that_there_is_not_is_refused(string type)
    {
        var create = () => host.SendAsync(new CreateWebhook.Command(client.Organization, receiver.Url, [type]));

        (await create.Should().ThrowAsync<ScimException>()).Which.Detail.Should().Contain("user.created");
    }

    [Theory]
    [InlineData(1, 4, 6)]
    [InlineData(2, 24, 36)]
    [InlineData(10, 69120, 103680)]
    [InlineData(1000, 69120, 103680)]
    public void Pauses_grow_and_vary(long attempts, double least, double most)
    {
        var pauses = new[] { 0.0, 0.25, 0.5, 0.999 }.Select(random => RetrySchedule.PauseAfter(attempts, random).TotalSeconds).ToArray();

        pauses.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems().And.OnlyContain(pause => pause >= least && pause <= most);
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(60, 60)]
    [InlineData(34560000, 86400)]
    public void A_receiver_may_ask_for_a_day_at_most(int asked, int seconds) => RetrySchedule.Allowed(TimeSpan.FromSeconds(asked)).Should().Be(TimeSpan.FromSeconds(seconds));

    private Task<IssuedWebhook> CreateAsync(params string[] types) => host.SendAsync(new CreateWebhook.Command(client.Organization, receiver.Url, types));

    private Task<ListWebhooks.Result> ListAsync() => host.SendAsync(new ListWebhooks.Query(client.Organization));

    private Task TakenAsync(int count) => Eventually.BeAsync(() => Task.FromResult(receiver.Taken.Count >= count));
}
