using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Features.Users;

/// <summary>
/// Erases tombstones whose retention time is over, beside the requests: in small batches, each a change of its own, so that no
/// request waits long. Several servers on one database may do so at once; each erases what the others have left.
/// </summary>
internal sealed class TombstonePurge(IServiceScopeFactory scopes, RetentionTime retention, TimeProvider clock, ILogger<TombstonePurge> log) : BackgroundService
{
    /// <summary>Tombstones erased in one change.</summary>
    private const int BatchSize = 200;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (retention.DeletedUsers is not { } time)
        {
            return;
        }

        // A sixtieth of the retention time late at most, and looked for once an hour at least.
        var pause = TimeSpan.FromTicks(Math.Clamp(time.Ticks / 60, ShortestPause.Ticks, LongestPause.Ticks));
        using var timer = new PeriodicTimer(pause, clock);
        try
        {
            do
            {
                await PurgeAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends; the next one goes on.
        }
    }

    private async Task PurgeAsync(CancellationToken stoppingToken)
    {
        var purged = 0;
        try
        {
            var before = retention.KeptSince(clock.GetUtcNow());
            foreach (var organizationId in await ReadAsync(storage => storage.Connection.QueryAsync<string>("select id from organizations order by id"), stoppingToken))
            {
                while (await HasSomeAsync(organizationId, before, stoppingToken))
                {
                    var erased = await PurgeBatchAsync(organizationId, before, stoppingToken);
                    purged += erased;
                    ScimTelemetry.PurgedUsers.Add(erased);
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whatever it was, it must not end the server.
            log.LogWarning("Tombstones could not be purged; that is tried again: {Reason}", fault.Message);
        }

        if (purged > 0)
        {
            log.LogInformation("{Count} deleted users whose retention time is over were purged", purged);
        }
    }

    /// <summary>Asked by a reader, so that the one writer is troubled only where there is something to erase.</summary>
    private Task<bool> HasSomeAsync(string organizationId, string before, CancellationToken stoppingToken) => ReadAsync(
        async storage => await storage.Connection.ExecuteScalarAsync<long>(
            "select count(*) from (select 1 from deleted_users where organization_id = @organizationId and deleted_at < @before limit 1) some_tombstone",
            new { organizationId, before }) > 0,
        stoppingToken);

    private async Task<int> PurgeBatchAsync(string organizationId, string before, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
        var trail = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().RunAsync(
            async _ =>
            {
                trail.Forget();
                var erased = (await storage.Connection.QueryAsync<string>(
                    """
                    delete from deleted_users where organization_id = @organizationId and id in (
                        select d.id from deleted_users d
                        where d.organization_id = @organizationId and d.deleted_at < @before
                        order by d.deleted_at, d.id limit @count)
                    returning id
                    """,
                    new { organizationId, before, count = BatchSize })).AsList();
                await EventTable.EraseAsync(storage, organizationId, erased);
                erased.ForEach(id => trail.Changed(organizationId, "User", id));
                await trail.WriteAsync(storage, nameof(TombstonePurge));
                return erased.Count;
            },
            stoppingToken);
    }

    private async Task<T> ReadAsync<T>(Func<StorageSession, Task<T>> read, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ReadAsync(async _ => await read(storage), stoppingToken);
    }
}
