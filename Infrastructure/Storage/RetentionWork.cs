using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Erases what has been kept for long enough, beside the requests and in small batches, organization by organization. Several servers may do so at once.
/// </summary>
/// <param name="time">How long things are kept; null for good.</param>
/// <param name="what">What they are, for the log.</param>
internal abstract class RetentionWork(IServiceScopeFactory scopes, TimeSpan? time, string what, TimeProvider clock, ILogger log) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>Finds a batch to erase, with a reader, so that the one writer is troubled only where there is something; null where there is none.</summary>
    /// <param name="before">What is older has been kept for long enough.</param>
    protected abstract Task<object?> FindBatchAsync(StorageSession storage, string organizationId, DateTimeOffset before);

    /// <summary>Erases the batch.</summary>
    protected abstract Task EraseAsync(StorageSession storage, string organizationId, object batch);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (time is not { } kept)
        {
            return;
        }

        // A sixtieth of the retention time late at most, and looked for once an hour at least.
        var pause = TimeSpan.FromTicks(Math.Clamp(kept.Ticks / 60, ShortestPause.Ticks, LongestPause.Ticks));
        using var timer = new PeriodicTimer(pause, clock);
        try
        {
            do
            {
                await PurgeAsync(kept, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends; the next one goes on.
        }
    }

    private async Task PurgeAsync(TimeSpan kept, CancellationToken stoppingToken)
    {
        try
        {
            var before = clock.GetUtcNow() - kept;
            foreach (var organizationId in await RunAsync((unit, storage) => unit.ReadAsync(
                async _ => (await storage.Connection.QueryAsync<string>("select id from organizations order by id")).AsList(), stoppingToken)))
            {
                while (await RunAsync((unit, storage) => unit.ReadAsync(async _ => await FindBatchAsync(storage, organizationId, before), stoppingToken)) is { } batch)
                {
                    await RunAsync((unit, storage) => unit.RunAsync(
                        async _ =>
                        {
                            await EraseAsync(storage, organizationId, batch);
                            return 0;
                        },
                        stoppingToken));
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whatever it was, it must not end the server.
            log.LogWarning("Old {What} could not be erased; that is tried again: {Reason}", what, fault.Message);
        }
    }

    private async Task<T> RunAsync<T>(Func<UnitOfWork, StorageSession, ValueTask<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), scope.ServiceProvider.GetRequiredService<StorageSession>());
    }
}
