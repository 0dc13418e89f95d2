using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>Two servers and the command line on one database, all writing.</summary>
[Collection("Faults")]
public sealed class TwoServersTests
{
    [Fact]
    public async Task Two_servers_and_verbs_on_one_database_lose_nothing()
    {
        await using var first = FaultProgram.Create();
        await using var second = FaultProgram.Create(first.Store());
        await Task.WhenAll(first.ServeAsync(), second.ServeAsync());
        var loads = new[] { new FaultLoad(clients: 4, name: "a"), new FaultLoad(clients: 4, name: "b") };
        using var stop = new CancellationTokenSource();
        // Each client goes from one server to the other with every request.
        var turn = 0;
        var running = Task.WhenAll(loads.Select(load => load.RunAsync(_ => (Interlocked.Increment(ref turn) % 2 == 0 ? first : second).Client(), stop.Token)));

        for (var round = 0; round < FaultRounds.Count(unlessSet: 1); round++)
        {
            await first.RunJsonAsync("org", "create", $"acme-{round}");
            var token = await first.RunJsonAsync("token", "create", $"acme-{round}", "--name", "test");
            var secret = token["token"]!.GetValue<string>();
            foreach (var server in (ScimProgram[])[first, second])
            {
                (await server.CreateClient(secret).GetAsync("/Users")).Status.Should().Be(200);
            }

            await first.RunAsync("token", "revoke", $"acme-{round}", token["id"]!.GetValue<string>());
            await Task.Delay(1000);
            foreach (var server in (ScimProgram[])[first, second])
            {
                (await server.CreateClient(secret).GetAsync("/Users")).Status.Should().Be(401, "a second has passed since the revocation");
            }
        }

        await stop.CancelAsync();
        await running;
        loads.Should().AllSatisfy(load =>
        {
            load.Acknowledged.Should().BeGreaterThan(20);
            load.Unanswered.Should().Be(0);
        });
        foreach (var load in loads)
        {
            await load.ShouldBeKeptAsync(first.Client());
        }

        first.Store().ShouldBeWhole(loads);
    }

    [Fact]
    public async Task One_server_that_is_killed_does_not_hold_up_the_other()
    {
        await using var first = FaultProgram.Create();
        await using var second = FaultProgram.Create(first.Store());
        await Task.WhenAll(first.ServeAsync(), second.ServeAsync());
        var (lost, kept) = (new FaultLoad(clients: 4, name: "a"), new FaultLoad(clients: 4, name: "b"));
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(lost.RunAsync(first.Client(), stop.Token), kept.RunAsync(second.Client(), stop.Token));
        await Eventually.BeAsync(() => Task.FromResult(lost.Acknowledged > 50 && kept.Acknowledged > 50));

        await first.KillAsync();

        var before = kept.Acknowledged;
        await Eventually.BeAsync(() => Task.FromResult(kept.Acknowledged > before + 50));
        await stop.CancelAsync();
        await running;
        await lost.ShouldBeKeptAsync(second.Client());
        await kept.ShouldBeKeptAsync(second.Client());
        first.Store().ShouldBeWhole(lost, kept);
    }
}
