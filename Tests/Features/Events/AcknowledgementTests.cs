using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Telemetry;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Events;

/// <summary>What is measured of acknowledgements: how many are outstanding, since when, and how long each took.</summary>
public sealed class AcknowledgementTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Deactivation = """{"op":"replace","path":"active","value":false}""";

    /// <summary>Passes before what these tests acknowledge: servers of other tests in this process measure with the same meter, and take less.</summary>
    private static readonly TimeSpan Passed = TimeSpan.FromDays(20);

    private readonly MeterListener listener = new();
    private readonly List<double> latencies = [];
    private ScimHost host = null!;

    public async Task InitializeAsync()
    {
        // Who erases events gives them positions first, whenever that is.
        host = new ScimHost { Settings = ["--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8", "--ScimSlice:Retention:Events", "forever"] };
        await host.InitializeAsync();
        listener.SetMeasurementEventCallback<double>((_, value, _, _) =>
        {
            lock (latencies)
            {
                latencies.Add(value);
            }
        });
        listener.EnableMeasurementEvents(ScimTelemetry.AcknowledgementLatency);
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        listener.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task The_time_until_an_account_was_closed_is_measured_once_and_that_of_nothing_else()
    {
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);
        var ana = await client.CreateUserAsync("ana");
        await client.PatchAsync($"/Users/{ana.Id}", Deactivation);
        await client.DeleteAsync($"/Users/{ana.Id}");
        var told = await feed.ReadAsync();
        host.Clock.Advance(Passed);

        var answers = new List<JsonNode>();
        foreach (var found in told.Concat(told))
        {
            answers.Add((await feed.Client.SendAsync("POST", $"/../../api/v1/events/{found["id"]}/ack", null)).Body);
        }

        var unknown = await feed.Client.SendAsync("POST", $"/../../api/v1/events/{told[0]["organization"]}-99/ack", null);

        Feed.Lines(told).Should().Equal($"user.created {ana.Id} 1", $"user.deactivated {ana.Id} 2", $"user.deleted {ana.Id} 2");
        Latencies().Should().Equal(Latency(answers[1]), Latency(answers[2]));
        unknown.Status.Should().Be(404);
    }

    [Fact]
    public async Task The_answer_of_a_webhook_is_measured_as_well()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (context, _) =>
        {
            await context.Response.WriteAsync("""{"acknowledged":true}""");
            return 200;
        };
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);
        string[] hooks =
        [
            (await host.SendAsync(new CreateWebhook.Command(client.Organization, receiver.Url, []))).Webhook.Id,
            (await host.SendAsync(new CreateWebhook.Command(client.Organization, receiver.Url, ["user.deactivated"]))).Webhook.Id,
        ];
        await EnableAsync(false);

        var ana = await client.CreateUserAsync("ana");
        await client.PatchAsync($"/Users/{ana.Id}", Deactivation);
        host.Clock.Advance(Passed);
        await EnableAsync(true);
        await Eventually.BeAsync(async () => (await host.SendAsync(new ListWebhooks.Query(client.Organization))).Webhooks.All(hook => hook.Position == 2));

        // Measured after the commit, which is what shows first.
        await Eventually.BeAsync(() => Task.FromResult(Latencies().Length > 0));
        receiver.Taken.Should().HaveCount(3, "the deactivation was sent to both");
        Latencies().Should().ContainSingle().Which.Should().Be(Latency((await feed.ReadAsync())[1]));

        async Task EnableAsync(bool enabled)
        {
            foreach (var id in hooks)
            {
                await host.SendAsync(new EnableWebhook.Command(client.Organization, id, enabled));
            }
        }
    }

    [Fact]
    public async Task What_is_outstanding_is_counted_with_its_age_and_apart_where_nobody_acknowledges()
    {
        var (told, silent) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var (first, second) = (await told.CreateUserAsync("first"), await told.CreateUserAsync("second"));
        var feed = await Feed.OfAsync(host, told);
        var none = await MeasureAsync();
        await silent.DeleteAsync($"/Users/{(await silent.CreateUserAsync("other")).Id}");
        host.Clock.Advance(TimeSpan.FromHours(2));
        await told.PatchAsync($"/Users/{first.Id}", Deactivation);
        host.Clock.Advance(TimeSpan.FromHours(20));
        await told.DeleteAsync($"/Users/{second.Id}");
        var events = await feed.ReadAsync();

        var nobody = await MeasureAsync();
        await AcknowledgeAsync(feed, events[0]);
        var young = await MeasureAsync();
        host.Clock.Advance(TimeSpan.FromHours(1));
        var both = await MeasureAsync();
        await AcknowledgeAsync(feed, events[2]);
        var one = await MeasureAsync();
        await AcknowledgeAsync(feed, events[3]);
        var last = await MeasureAsync();

        none.Should().Equal("true: 0, 0 h", "false: 0, 0 h");
        nobody.Should().Equal("true: 0, 0 h", "false: 3, 22 h");
        young.Should().Equal("true: 2, 20 h", "false: 1, 22 h");
        both.Should().Equal("true: 2, 21 h", "false: 1, 23 h");
        one.Should().Equal("true: 1, 1 h", "false: 1, 23 h");
        last.Should().Equal("true: 0, 0 h", "false: 1, 23 h");
    }

    [OnPostgresFact]
    public async Task An_acknowledgement_that_is_not_committed_is_not_measured()
    {
        var client = await host.CreateOrganizationAsync();
        var feed = await Feed.OfAsync(host, client);
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("ana")).Id}");
        var told = (await feed.ReadAsync())[1];
        host.Clock.Advance(Passed);
        await using var database = host.OpenDatabase();
        await database.ExecuteAsync(
            """
            create function fail() returns trigger language plpgsql as $$ begin raise exception 'the commit fails'; end $$;
            create constraint trigger fails after update on events deferrable initially deferred for each row execute function fail()
            """);

        var refused = await feed.Client.SendAsync("POST", $"/../../api/v1/events/{told["id"]}/ack", null);
        var measured = Latencies();
        await database.ExecuteAsync("drop trigger fails on events");
        await AcknowledgeAsync(feed, told);

        refused.Status.Should().Be(500);
        measured.Should().BeEmpty();
        Latencies().Should().ContainSingle();
    }

    [OnPostgresFact]
    public async Task What_nobody_has_read_yet_is_counted_too()
    {
        var client = await host.CreateOrganizationAsync();
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("ana")).Id}");
        await using var database = host.OpenDatabase();

        (await database.ExecuteScalarAsync<long>("select count(*) from events where position is null")).Should().Be(2);
        (await MeasureAsync()).Should().Equal("true: 0, 0 h", "false: 1, 0 h");
    }

    /// <summary>Counts and whole hours of age, by whether the application acknowledges.</summary>
    private async Task<string[]> MeasureAsync()
    {
        var watch = host.Services.GetRequiredService<AcknowledgementWatch>();
        await watch.MeasureAsync(CancellationToken.None);
        return [.. watch.Counts().Zip(watch.Ages(), (count, age) => string.Create(CultureInfo.InvariantCulture, $"{count.Tags[0].Value}: {count.Value}, {Math.Floor(age.Value / 3600)} h"))];
    }

    private static async Task AcknowledgeAsync(Feed feed, JsonNode told) => (await feed.Client.SendAsync("POST", $"/../../api/v1/events/{told["id"]}/ack", null)).Status.Should().Be(200);

    private static double Latency(JsonNode told) => (Time(told, "acknowledgedAt") - Time(told, "at")).TotalSeconds;

    private static DateTimeOffset Time(JsonNode told, string name) => DateTimeOffset.Parse(told[name]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private double[] Latencies()
    {
        lock (latencies)
        {
            return [.. latencies.Where(seconds => seconds >= Passed.TotalSeconds)];
        }
    }
}
