using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>
/// Sends events to webhooks beside the requests: as soon as this server has written one, and otherwise twice a second. Several servers share the
/// work: each takes webhooks that nobody holds. Each webhook is worked on by itself, so that a slow one delays no other.
/// </summary>
internal sealed class WebhookWork(
    IServiceScopeFactory scopes, IDatabase database, OutboundClient outbound, WebhookSettings settings, PublicAddress address, EventSignal signal, TimeProvider clock, ILogger<WebhookWork> log) : BackgroundService
{
    /// <summary>Webhooks that this server works on at once.</summary>
    private const int MaxAtOnce = 64;

    /// <summary>Those of one organization, so that its slow endpoints leave places to others.</summary>
    private const int MaxOfOne = 16;

    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(string OrganizationId, string Id), Task> running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var next = signal.Next(EventSignal.Any);
                await BeginAsync(stoppingToken);
                await signal.WaitAsync(next, Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends; another one goes on, or this one when it starts again.
        }

        await Task.WhenAll(running.Values);
    }

    /// <summary>Begins to work on all webhooks that have something to send and that nobody works on.</summary>
    private async Task BeginAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var organizationId in await ReadAsync(WebhookTable.OrganizationsAsync, stoppingToken))
            {
                await BeginAsync(organizationId, stoppingToken);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whatever it was, it must not end the server.
            log.LogWarning("Webhooks could not be looked for; that is tried again: {Reason}", fault.Message);
        }
    }

    private async Task BeginAsync(string organizationId, CancellationToken stoppingToken)
    {
        try
        {
            await ReadAsync(
                async storage =>
                {
                    await EventOrder.PlaceAsync(database, storage, organizationId, stoppingToken);
                    return 0;
                },
                stoppingToken);
            var now = clock.GetUtcNow();
            foreach (var id in await ReadAsync(storage => WebhookTable.DueAsync(storage, organizationId, DateTimeValue.Format(now), Far(now)), stoppingToken))
            {
                var key = (organizationId, id);
                var run = new Task<Task>(() => RunAsync(key, stoppingToken));
                if (running.Count < MaxAtOnce && running.Keys.Count(held => held.OrganizationId == organizationId) < MaxOfOne && running.TryAdd(key, run.Unwrap()))
                {
                    // Known before it begins: it takes itself away when it ends.
                    run.Start(TaskScheduler.Default);
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            log.LogWarning("The webhooks of organization {Organization} could not be looked for; that is tried again: {Reason}", organizationId, fault.Message);
        }
    }

    /// <summary>No lease of a clock that goes right lasts until then.</summary>
    private static string Far(DateTimeOffset now) => DateTimeValue.Format(now + (4 * WebhookRun.Lease));

    private async Task RunAsync((string OrganizationId, string Id) key, CancellationToken stoppingToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            await using var scope = scopes.CreateAsyncScope();
            var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
            var webhook = await scope.ServiceProvider.GetRequiredService<UnitOfWork>().RunAsync(
                async _ => await WebhookTable.LeaseAsync(storage, key.OrganizationId, key.Id, DateTimeValue.Format(now), Far(now), DateTimeValue.Format(now + WebhookRun.Lease)), stoppingToken);
            if (webhook is not null)
            {
                using var session = outbound.OpenSession();
                using var run = new WebhookRun(scopes, database, session, settings, address.Urls, clock, log);
                await run.RunAsync(webhook, stoppingToken);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            log.LogWarning("Webhook {Webhook} could not be worked on; that is tried again: {Reason}", key.Id, fault.Message);

            // Nobody knows what it was, so it must not come twice a second.
            await Task.WhenAny(Task.Delay(FaultPause, stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }

    private async Task<T> ReadAsync<T>(Func<StorageSession, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ReadAsync(async _ => await read(storage), cancellationToken);
    }
}
