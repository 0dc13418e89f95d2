using FluentAssertions;
using Npgsql;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// PostgreSQL that fails under load: primaries that stop, sessions that end in mid-transaction, transactions that the server
/// gives up. Clients see success or 503; nothing acknowledged is lost, nothing is applied twice, and no restart is needed.
/// </summary>
[Collection("Postgres faults")]
public sealed class PostgresFaultTests
{
    private static readonly TimeSpan FaultTime = TimeSpan.FromSeconds(2);

    [PostgresClusterFact]
    public async Task A_standby_that_is_promoted_goes_on_where_the_primary_stopped()
    {
        for (var left = Math.Max(1, FaultRounds.Count(unlessSet: 1) / 10); left > 0; left--)
        {
            await using var primary = await PostgresCluster.StartNewAsync("fsync=on");
            await using var standby = await primary.StartSynchronousStandbyAsync();
            var both = $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database=scimslice;Target Session Attributes=read-write";
            await using var program = FaultProgram.Create(new PostgresFaultStore(both));
            await program.ServeAsync();
            var load = new FaultLoad();
            using var stop = new CancellationTokenSource();
            var running = load.RunAsync(program.Client(), stop.Token);
            await Eventually.BeAsync(() => Task.FromResult(load.Acknowledged > 200));

            await primary.StopAsync();
            await Task.Delay(Random.Shared.Next(500));
            var before = load.Acknowledged;
            await standby.PromoteAsync();

            await Eventually.BeAsync(() => Task.FromResult(load.Acknowledged > before + 200));
            await Eventually.BeAsync(async () => (await program.ReadyAsync()).Status == 200);
            await stop.CancelAsync();
            await running;
            load.Unanswered.Should().Be(0);
            await load.ShouldBeKeptAsync(program.Client());
            new PostgresFaultStore(standby.ConnectionString("scimslice")).ShouldBeWhole(load);
        }
    }

    [PostgresClusterFact]
    public async Task A_commit_that_no_standby_confirms_is_neither_acknowledged_nor_made_again()
    {
        await using var primary = await PostgresCluster.StartNewAsync();
        await using var standby = await primary.StartSynchronousStandbyAsync();
        await using var program = FaultProgram.Create(new PostgresFaultStore(primary.ConnectionString("scimslice")));
        await program.ServeAsync();
        var client = program.Client();
        var before = await client.CreateUserAsync("before");
        await standby.StopAsync();

        // Their rows are committed here already, and wait for the standby. One session is cut, the other waits as long as it may.
        var creating = client.PostAsync("/Users", ScimClient.User("ana"));
        await Eventually.BeAsync(async () => await primary.ExecuteAsync(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep' and query ilike 'commit%'") is > 0L || creating.IsCompleted);
        var cut = await creating;
        var late = await client.PatchAsync($"/Users/{before.Id}", """{"op":"add","path":"emails","value":[{"value":"mail@x.com"}]}""");
        var ready = await program.ReadyAsync();
        await standby.StartAsync();

        ((ScimAnswer[])[cut, late]).Should().AllSatisfy(answer =>
        {
            answer.ShouldBeError(503);
            answer.Headers.RetryAfter!.Delta.Should().NotBeNull();
            answer.Detail.Should().Contain("could not confirm");
        });
        ready.Status.Should().Be(503);
        await Eventually.BeAsync(async () => (await program.ReadyAsync()).Status == 200);
        var after = await client.GetAsync($"/Users/{before.Id}");
        after.Body["emails"]!.AsArray().Should().ContainSingle();
        after.Body["meta"]!["version"]!.GetValue<string>().Should().Be("W/\"2\"", "it was made once");
        (await client.PostAsync("/Users", ScimClient.User("ana"))).ShouldBeError(409, "uniqueness");
    }

    [PostgresClusterFact]
    public async Task Sessions_that_are_cut_in_mid_transaction_cost_at_most_a_503()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await ShouldOutlastAsync(cluster, async () =>
        {
            await cluster.ExecuteAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'ScimSlice' and random() < 0.3");
            await Task.Delay(Random.Shared.Next(40));
        });
    }

    [PostgresClusterFact]
    public async Task Transactions_that_the_server_gives_up_are_tried_again_whole()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await ShouldOutlastAsync(cluster, () => Task.Delay(200), prepare: """
            create function give_up() returns trigger language plpgsql as $$ begin
                if random() < 0.4 then
                    raise exception using errcode = case when random() < 0.5 then '40001' else '40P01' end, message = 'on purpose';
                end if;
                return coalesce(new, old);
            end $$;
            create trigger in_the_middle before insert or update or delete on users for each row execute function give_up();
            create constraint trigger in_the_commit after insert or update or delete on users deferrable initially deferred
                for each row execute function give_up();
            """);
    }

    [PostgresClusterFact]
    public async Task Deadlocks_are_tried_again_whole()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await ShouldOutlastAsync(
            cluster,
            async () =>
            {
                try
                {
                    await cluster.ExecuteAsync("begin; select 1 from organizations for update; select pg_sleep(0.02); select 1 from users for update; rollback");
                }
                catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DeadlockDetected)
                {
                    // This session was the one that was given up.
                }
            },
            prepare: """
                create function lock_backwards() returns trigger language plpgsql as $$ begin
                    perform 1 from organizations o where o.id = new.organization_id for update;
                    return new;
                end $$;
                create trigger backwards after update on users for each row execute function lock_backwards();
                """);
        ((long)(await cluster.ExecuteAsync("select deadlocks from pg_stat_database where datname = 'scimslice'"))!).Should().BePositive();
    }

    [PostgresClusterFact]
    public async Task A_server_that_is_killed_and_started_again_has_all_that_was_acknowledged()
    {
        await using var cluster = await PostgresCluster.StartNewAsync("fsync=on");
        var round = 0;
        await ShouldOutlastAsync(
            cluster,
            async () =>
            {
                await Task.Delay(Random.Shared.Next(600));
                if (round++ % 2 == 0)
                {
                    await cluster.KillAsync();
                    await StartAgainAsync(cluster);
                }
                else if (await cluster.ExecuteAsync("select pid from pg_stat_activity where application_name = 'ScimSlice' limit 1") is int session)
                {
                    await PostgresCluster.KillSessionAsync(session);
                }

                await Eventually.BeAsync(async () => await IsUpAsync(cluster));
            },
            rounds: FaultRounds.Count(unlessSet: 2));
    }

    [Fact]
    public async Task A_server_that_is_not_there_stops_the_start_with_one_line_that_holds_no_password()
    {
        await using var program = FaultProgram.Create(new PostgresFaultStore($"Host=127.0.0.1;Port={ScimProgram.FreePort()};Username=u;Password=canary;Database=scimslice"));

        var results = await Task.WhenAll(program.RunAsync(), program.RunAsync("org", "list"));

        results.Should().AllSatisfy(result =>
        {
            result.ShouldBeRefusedStart();
            result.Error.Should().NotContain("canary");
        });
    }

    /// <summary>A load while the fault is repeated, for some time or so often; then all must be there and work must go on.</summary>
    private static async Task ShouldOutlastAsync(PostgresCluster cluster, Func<Task> fault, string? prepare = null, int? rounds = null)
    {
        var store = new PostgresFaultStore(cluster.ConnectionString("scimslice"));
        await using var program = FaultProgram.Create(store);
        await program.ServeAsync();
        if (prepare is not null)
        {
            await cluster.ExecuteAsync(prepare);
        }

        var load = new FaultLoad();
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(program.Client(), stop.Token);
        try
        {
            await Eventually.BeAsync(() => Task.FromResult(load.Acknowledged > 20));
            var until = Environment.TickCount64 + (long)(FaultTime * Math.Max(1, FaultRounds.Count(unlessSet: 1) / 10)).TotalMilliseconds;
            for (var round = 0; rounds is null ? Environment.TickCount64 < until : round < rounds; round++)
            {
                await fault();
            }

            var before = load.Acknowledged;
            await Eventually.BeAsync(() => Task.FromResult(load.Acknowledged > before + 20));
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }

        load.Unanswered.Should().Be(0, "the service itself was well");
        await load.ShouldBeKeptAsync(program.Client());
        store.ShouldBeWhole(load);
    }

    /// <summary>The memory of the killed server is free when the last of its sessions has noticed.</summary>
    private static Task StartAgainAsync(PostgresCluster cluster) => Eventually.BeAsync(async () =>
    {
        try
        {
            await cluster.StartAsync();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    });

    private static async Task<bool> IsUpAsync(PostgresCluster cluster)
    {
        try
        {
            return await cluster.ExecuteAsync("select 1") is 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
