using System.Data.Common;
using Dapper;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

/// <summary>A handler that takes its turn itself: all of its writes or none, answered when they are on disk, on both engines.</summary>
public sealed class WritersTurnTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Insert = "insert into organizations (id, name, name_key, settings, created_at) values (@name, @name, @name, '{}', 'now')";

    [Fact]
    public async Task What_was_written_in_the_turn_is_seen_by_others_when_the_answer_comes()
    {
        await RunAsync(async storage =>
        {
            await storage.TurnAsync(CancellationToken.None);
            await storage.Connection.ExecuteAsync(Insert, new { name = "turn-seen" });
        });

        Count("turn-seen").Should().Be(1);
    }

    [Fact]
    public async Task A_handler_that_throws_in_its_turn_undoes_what_it_wrote_and_harms_no_other()
    {
        var failing = Enumerable.Range(0, 20).Select(index => RunAsync(async storage =>
        {
            await storage.TurnAsync(CancellationToken.None);
            await storage.Connection.ExecuteAsync(Insert, new { name = $"turn-{index}" });
            if (index % 2 == 0)
            {
                throw new InvalidOperationException("on purpose");
            }
        })).ToArray();

        await Task.WhenAll(failing).ContinueWith(_ => { }, TaskScheduler.Default);

        failing.Select(task => task.IsFaulted).Should().Equal(Enumerable.Range(0, 20).Select(index => index % 2 == 0));
        Enumerable.Range(0, 20).Select(index => Count($"turn-{index}")).Should().Equal(Enumerable.Range(0, 20).Select(index => (long)(index % 2)));
    }

    [Fact]
    public async Task A_handler_that_refuses_before_its_turn_waits_for_no_writer()
    {
        var (gate, entered) = (new TaskCompletionSource(), new TaskCompletionSource());
        var holding = RunAsync(async storage =>
        {
            await storage.TurnAsync(CancellationToken.None);
            entered.SetResult();
            await gate.Task;
        });
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var refusing = RunAsync(_ => throw new InvalidOperationException("on purpose"));

        await refusing.WaitAsync(TimeSpan.FromSeconds(30)).Invoking(task => task).Should().ThrowAsync<InvalidOperationException>();
        holding.IsCompleted.Should().BeFalse();
        gate.SetResult();
        await holding;
    }

    [Fact]
    public async Task A_handler_that_was_given_up_before_its_turn_writes_nothing()
    {
        using var givenUp = new CancellationTokenSource();

        var change = RunAsync(async storage =>
        {
            await givenUp.CancelAsync();
            await storage.TurnAsync(givenUp.Token);
            await storage.Connection.ExecuteAsync(Insert, new { name = "turn-given-up" });
        });

        await change.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        Count("turn-given-up").Should().Be(0);
    }

    [Fact]
    public async Task A_fault_of_a_statement_in_the_turn_reaches_whoever_sent_the_command()
    {
        await RunAsync(async storage =>
        {
            await storage.TurnAsync(CancellationToken.None);
            await storage.Connection.ExecuteAsync(Insert, new { name = "turn-caught" });
        });

        var change = RunAsync(async storage =>
        {
            await storage.TurnAsync(CancellationToken.None);
            await storage.Connection.ExecuteAsync(Insert, new { name = "turn-caught" });
        });

        await change.Invoking(task => task).Should().ThrowAsync<DbException>();
        Count("turn-caught").Should().Be(1);
    }

    [Fact]
    public async Task Patches_of_one_user_at_once_build_on_each_other()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(index =>
            client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"add","path":"emails","value":[{"value":"mail{{index}}@x.com"}]}""")));

        answers.Should().OnlyContain(answer => answer.Status == 200);
        var after = await client.GetAsync($"/Users/{user.Id}");
        after.Body["emails"]!.AsArray().Should().HaveCount(30);
        after.Body["meta"]!["version"]!.GetValue<string>().Should().Be("W/\"31\"");
    }

    [Fact]
    public async Task Of_patches_at_once_under_one_precondition_one_is_made()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(index =>
            client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"replace","path":"title","value":"T{{index}}"}""", ("If-Match", user.Tag!))));

        answers.Count(answer => answer.Status == 200).Should().Be(1);
        answers.Where(answer => answer.Status != 200).Should().AllSatisfy(answer => answer.ShouldBeError(412));
    }

    private async Task RunAsync(Func<StorageSession, Task> handler)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<StorageSession>();
        await scope.ServiceProvider.GetRequiredService<UnitOfWork>().PrepareAsync(
            async _ =>
            {
                await handler(session);
                return 0;
            },
            CancellationToken.None);
    }

    private long Count(string name)
    {
        using var other = host.OpenDatabase();
        return other.ExecuteScalar<long>("select count(*) from organizations where id = @name", new { name });
    }
}
