using FluentAssertions;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

public sealed class WriterQueueTests
{
    [Fact]
    public async Task Organizations_take_turns_and_each_keeps_its_order()
    {
        using var queue = new WriterQueue<string>(100);
        foreach (var work in (string[])["a1", "a2", "a3", "b1", "a4", "c1", "b2"])
        {
            await queue.AddAsync(work[..1], work, CancellationToken.None);
        }

        var taken = new List<string>();
        while (queue.TryTake(out var work))
        {
            taken.Add(work);
            if (work == "a2")
            {
                await queue.AddAsync("d", "d1", CancellationToken.None);
            }
        }

        taken.Should().Equal("a1", "b1", "c1", "a2", "b2", "a3", "d1", "a4");
    }

    [Fact]
    public async Task Beyond_what_may_wait_callers_wait_for_a_place_and_may_give_up()
    {
        using var queue = new WriterQueue<int>(2);
        await queue.AddAsync("a", 1, CancellationToken.None);
        await queue.AddAsync("a", 2, CancellationToken.None);
        using var end = new CancellationTokenSource();

        var (waits, gives) = (queue.AddAsync("a", 3, CancellationToken.None).AsTask(), queue.AddAsync("a", 4, end.Token).AsTask());
        waits.IsCompleted.Should().BeFalse();
        await end.CancelAsync();
        await gives.Invoking(giving => giving).Should().ThrowAsync<OperationCanceledException>();
        queue.TryTake(out var first).Should().BeTrue();
        await waits;

        first.Should().Be(1);
        queue.TryTake(out var second).Should().BeTrue();
        queue.TryTake(out var third).Should().BeTrue();
        (second, third).Should().Be((2, 3));
        queue.TryTake(out _).Should().BeFalse();
    }

    [Fact]
    public async Task The_writer_wakes_for_work_and_ends_when_all_is_done()
    {
        using var queue = new WriterQueue<int>(10_000);
        var sum = 0L;
        var writer = Task.Factory.StartNew(
            () =>
            {
                while (queue.Wait())
                {
                    while (queue.TryTake(out var work))
                    {
                        sum += work;
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(organization => Task.Run(async () =>
        {
            for (var work = 1; work <= 1000; work++)
            {
                await queue.AddAsync($"{organization}", work, CancellationToken.None);
            }
        })));
        queue.Complete();
        await writer;

        sum.Should().Be(8 * 500_500);
        await FluentActions.Awaiting(() => queue.AddAsync("a", 1, CancellationToken.None).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [OnSqliteFact]
    public async Task Who_changes_a_little_does_not_wait_for_all_that_another_has_sent()
    {
        await using var started = await StartedHost.StartAsync();
        var database = (IDatabase)started.Value.Services.GetService(typeof(IDatabase))!;
        var done = new List<string>();
        var (first, sent, acknowledged) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());

        var large = Enumerable.Range(0, 6).Select(number => database.WriteAsync(
            "large",
            async _ =>
            {
                // All are there before the small one, and so is that before the first has ended; the last waits until the small one is done.
                first.TrySetResult();
                await sent.Task;
                await Task.Delay(100);
                if (number == 5)
                {
                    await acknowledged.Task.WaitAsync(TimeSpan.FromSeconds(20));
                }

                Note("large");
                return 0;
            },
            CancellationToken.None)).ToArray();
        await first.Task;
        var small = database.WriteAsync(
            "small",
            _ =>
            {
                Note("small");
                return ValueTask.FromResult(0);
            },
            CancellationToken.None);
        sent.SetResult();
        await small;
        acknowledged.SetResult();
        await Task.WhenAll(large);

        done.IndexOf("small").Should().BeInRange(1, 2);

        void Note(string what)
        {
            lock (done)
            {
                done.Add(what);
            }
        }
    }
}
