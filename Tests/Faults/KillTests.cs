using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// What was answered is kept, whenever the process dies: kill -9 at random moments under a load of every kind of change, then a
/// start on what is left. SCIMSLICE_FAULT_ROUNDS sets how often.
/// </summary>
[Collection("Faults")]
public sealed class KillTests
{
    /// <summary>Rounds on one database; then a new one, so that looking through it stays short however long the test runs.</summary>
    private const int RoundsOfOneDatabase = 25;

    [Fact]
    public async Task Every_acknowledged_change_survives_a_kill_whole()
    {
        for (var left = FaultRounds.Count(unlessSet: 3); left > 0; left -= RoundsOfOneDatabase)
        {
            await using var program = FaultProgram.Create();
            await KillAsync(program, program.Store(), Math.Min(left, RoundsOfOneDatabase));
        }
    }

    [Fact]
    public async Task A_first_start_that_is_killed_can_be_started_again()
    {
        for (var left = FaultRounds.Count(unlessSet: 2); left > 0; left--)
        {
            await using var program = FaultProgram.Create();
            await program.ServeForAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(150, 900)));

            await program.ServeAsync();

            (await program.Client().PostAsync("/Users", ScimClient.User("ana"))).Status.Should().Be(201);
        }
    }

    /// <summary>Rounds of load, kill, start, and a look at everything.</summary>
    private static async Task KillAsync(ScimProgram program, IFaultStore store, int rounds)
    {
        var load = new FaultLoad();
        await program.ServeAsync();
        for (var round = 0; round < rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            var before = load.Acknowledged;
            var running = load.RunAsync(program.Client(), stop.Token);
            await Eventually.BeAsync(() => Task.FromResult(load.Acknowledged > before));
            await Task.Delay(Random.Shared.Next(700));

            await program.KillAsync();

            await stop.CancelAsync();
            await running;
            await program.ServeAsync();
            await load.ShouldBeKeptAsync(program.Client());
            store.ShouldBeWhole(load);
        }

        load.Refused.Should().Be(0, "a kill is no reason to refuse");
        load.Unanswered.Should().BePositive("requests were under way when the process died");
    }
}
