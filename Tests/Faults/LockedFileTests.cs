using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>Another process that keeps the file locked: changes wait for some seconds and are then refused together; reads go on.</summary>
[Collection("Faults")]
public sealed class LockedFileTests
{
    private const int Waiting = 150;

    [OnSqliteFact]
    public async Task Changes_that_wait_for_a_lock_are_refused_together_and_go_on_when_it_is_released()
    {
        await using var program = FaultProgram.Create();
        await program.ServeAsync();
        var client = program.Client();
        await client.CreateUserAsync("ana");
        using var other = new SqliteFaultStore(program.DatabaseFile).Open();
        other.Execute("begin immediate");

        // One after another they would take longer than a client waits.
        var running = program.RunAsync("org", "create", "acme");
        var refused = await Task.WhenAll(Enumerable.Range(0, Waiting).Select(index => client.PostAsync("/Users", ScimClient.User($"u{index}"))));
        var (ready, read, verb) = (await program.ReadyAsync(), await client.GetAsync("/Users"), await running);
        other.Execute("rollback");

        refused.Should().AllSatisfy(answer => answer.ShouldBeRefused());
        ready.Should().Be((503, "database takes no changes"));
        read.TotalResults.Should().Be(1);
        verb.ShouldBeRefusedStart();
        await Eventually.BeAsync(async () => (await program.ReadyAsync()).Status == 200);
        (await client.PostAsync("/Users", ScimClient.User("bob"))).Status.Should().Be(201);
    }

    [OnSqliteFact]
    public async Task A_server_starts_and_reads_beside_a_writer_that_takes_long()
    {
        await using var program = FaultProgram.Create();
        await program.ServeAsync();
        await program.Client().CreateUserAsync("ana");
        await program.TerminateAsync();
        using var other = new SqliteFaultStore(program.DatabaseFile).Open();
        other.Execute("begin immediate");

        await program.ServeAsync();

        (await program.Client().GetAsync("/Users")).TotalResults.Should().Be(1);
        other.Execute("rollback");
    }

    [OnSqliteFact]
    public async Task A_lock_of_a_moment_is_waited_for()
    {
        await using var program = FaultProgram.Create();
        await program.ServeAsync();
        using var other = new SqliteFaultStore(program.DatabaseFile).Open();
        other.Execute("begin immediate");

        var creating = program.Client().PostAsync("/Users", ScimClient.User("ana"));
        await Task.Delay(1500);
        creating.IsCompleted.Should().BeFalse();
        other.Execute("rollback");

        (await creating).Status.Should().Be(201);
    }
}
