using FluentAssertions;
using ScimSlice.Tests.Features.Events;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// kill -9 at random moments while users and groups change and a receiver listens that fails half of the time: in the end the receiver, the feed and the
/// store say the same. SCIMSLICE_FAULT_ROUNDS sets how often.
/// </summary>
public sealed class KilledAnnouncerTests
{
    private const int Writers = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task No_event_is_lost_and_those_of_a_resource_come_in_their_order()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var program = FaultProgram.Create();
        program["ScimSlice__Outbound__AllowedNetworks"] = "127.0.0.0/8";
        await program.ServeAsync();
        var hook = (await program.RunJsonAsync("webhook", "create", "default", "--url", receiver.Url))["id"]!.GetValue<string>();
        var token = (await program.RunJsonAsync("token", "create", "default", "--name", "app", "--scope", "events"))["token"]!.GetValue<string>();
        var attempts = 0;
        receiver.Answer = (_, _) => Task.FromResult(Interlocked.Increment(ref attempts) % 2 == 0 ? 500 : 204);
        var before = 0;
        for (var round = 0; round < FaultRounds.Count(unlessSet: 2); round++)
        {
            using var stop = new CancellationTokenSource();
            var writing = Enumerable.Range(0, Writers).Select(writer => WriteAsync(program.Client(), $"{round}-{writer}", stop.Token)).ToArray();
            await PatientlyAsync(async () =>
            {
                // An endpoint that has failed some times in a row is left alone for a while.
                await program.CreateClient(token).SendAsync("POST", $"/../../api/v1/webhooks/{hook}/redeliver", null);
                return receiver.Received.Count > before + 10;
            });
            await Task.Delay(Random.Shared.Next(500));

            await program.KillAsync();

            await stop.CancelAsync();
            await Task.WhenAll(writing);
            before = receiver.Received.Count;
            await program.ServeAsync();
        }

        receiver.Answer = null;
        var app = program.CreateClient(token);
        var feed = new Feed(app);
        await PatientlyAsync(async () =>
        {
            // A database server may commit for a moment longer what a killed process has asked for. What was not taken comes by its schedule alone.
            await feed.ReadAsync(limit: 1000);
            return receiver.Taken.Select(message => message.Position).Distinct().Count() == feed.Events.Count;
        });

        feed.Events.Should().HaveCountGreaterThan(20);
        feed.Events.Select(found => found["position"]!.GetValue<long>()).Should().Equal(Enumerable.Range(1, feed.Events.Count).Select(number => (long)number));
        var once = receiver.Taken.DistinctBy(message => message.Id).ToArray();
        foreach (var resource in once.GroupBy(message => message.ResourceId))
        {
            resource.Select(message => message.Position).Should().BeInAscendingOrder();
        }

        var (store, followed, received) = (await Picture.TakeAsync(app, limit: 1000), new Picture(), new Picture());
        followed.Apply(feed.Events);
        received.Apply(once.Select(message => message.Event));
        followed.Lines().Should().Equal(store.Lines());
        received.Lines().Should().Equal(store.Lines());
        (receiver.Received.Count - receiver.Taken.Count).Should().BePositive("it has failed, too");
    }

    /// <summary>
    /// Asks until the condition holds, for longer than elsewhere: a killed server's webhook is free after fifteen seconds, and many events are to be sent
    /// one after another.
    /// </summary>
    private static async Task PatientlyAsync(Func<Task<bool>> condition)
    {
        var begun = Environment.TickCount64;
        while (!await condition())
        {
            if (Environment.TickCount64 - begun > Patience.TotalMilliseconds)
            {
                throw new TimeoutException($"What was awaited has not happened within {Patience.TotalSeconds} seconds.");
            }

            await Task.Delay(500);
        }
    }

    /// <summary>Makes, changes and deletes users and groups until it is told to stop, whatever it is answered.</summary>
    private static async Task WriteAsync(ScimClient client, string name, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            try
            {
                await Task.Delay(20, CancellationToken.None);
                var user = (await client.PostAsync("/Users", ScimClient.User($"{name}-{number}"))).Body["id"]?.GetValue<string>();
                var group = (await client.PostAsync("/Groups", ScimClient.Group($"{name}-{number}", user ?? ""))).Body["id"]?.GetValue<string>();
                await client.PatchAsync($"/Users/{user}", """{"op":"replace","value":{"active":false,"title":"x","role":"guest"}}""");
                await client.PatchAsync($"/Groups/{group}", $$"""{"op":"remove","path":"members[value eq \"{{user}}\"]"},{"op":"replace","path":"displayName","value":"y"}""");
                await client.PatchAsync($"/Groups/{group}", $$"""{"op":"add","path":"members","value":[{"value":"{{user}}"}]}""");
                await client.DeleteAsync(number % 3 == 0 ? $"/Groups/{group}" : $"/Users/{user}");
            }
            catch (HttpRequestException)
            {
                // Killed.
            }
        }
    }
}
