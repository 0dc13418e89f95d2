using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>Erases audit records whose retention time is over, beside the requests and in small batches. Several servers may do so at once.</summary>
internal sealed class AuditPurge(IServiceScopeFactory scopes, RetentionTime retention, TimeProvider clock, ILogger<AuditPurge> log) : BackgroundService
{
    /// <summary>Records erased in one change.</summary>
    private const int BatchSize = 1000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (retention.AuditRecords is not { } time)
        {
            return;
        }

        var pause = TimeSpan.FromTicks(Math.Clamp(time.Ticks / 60, ShortestPause.Ticks, LongestPause.Ticks));
        using var timer = new PeriodicTimer(pause, clock);
        try
        {
            do
            {
                await PurgeAsync(time, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends; the next one goes on.
        }
    }

    private async Task PurgeAsync(TimeSpan time, CancellationToken stoppingToken)
    {
        try
        {
            var before = DateTimeValue.Format(clock.GetUtcNow() - time);
            foreach (var organizationId in await RunAsync((unit, storage) => unit.ReadAsync(
                async _ => (await storage.Connection.QueryAsync<string>("select id from organizations order by id")).AsList(), stoppingToken)))
            {
                // A reader looks for the end of a batch, so that the one writer is troubled only where there is something to erase.
                while (await RunAsync((unit, storage) => unit.ReadAsync(_ => LastAsync(storage, organizationId, before), stoppingToken)) is { } last)
                {
                    await RunAsync((unit, storage) => unit.RunAsync(
                        async _ => await storage.Connection.ExecuteAsync(
                            "delete from audit_records where organization_id = @organizationId and id <= @last", new { organizationId, last }),
                        stoppingToken));
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whatever it was, it must not end the server.
            log.LogWarning("Old audit records could not be erased; that is tried again: {Reason}", fault.Message);
        }
    }

    /// <summary>The last of the oldest records whose time is over; null where it is over for none.</summary>
    private static async ValueTask<string?> LastAsync(StorageSession storage, string organizationId, string before) =>
        await storage.Connection.ExecuteScalarAsync<string?>(
            """
            select max(case when oldest.at < @before then oldest.id end) from (
                select r.id, r.at from audit_records r where r.organization_id = @organizationId order by r.id limit @count) oldest
            """,
            new { organizationId, before, count = BatchSize });

    private async Task<T> RunAsync<T>(Func<UnitOfWork, StorageSession, ValueTask<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), scope.ServiceProvider.GetRequiredService<StorageSession>());
    }
}
