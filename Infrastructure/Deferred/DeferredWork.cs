using System.Collections.Concurrent;
using System.Data.Common;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>
/// Carries requests out that were accepted for later: each organization's one after another, in the order in which they came, by whichever server takes
/// the next one, and no organization waits for another's while there are places.
/// </summary>
internal sealed class DeferredWork(
    IServiceScopeFactory scopes, IDatabase database, DeferredOperations operations, EventSignal signal, TimeProvider clock, ILogger<DeferredWork> log) : BackgroundService
{
    /// <summary>Organizations that this server works for at once.</summary>
    private const int MaxAtOnce = 4;

    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PutOff = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Task> running = new(StringComparer.Ordinal);
    private string lastBegun = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var next = signal.Next(DeferredOperations.Signal);
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

    /// <summary>Begins to work for all organizations that have requests waiting, as far as there are places.</summary>
    private async Task BeginAsync(CancellationToken stoppingToken)
    {
        try
        {
            var waiting = await RunAsync((unit, storage) => unit.ReadAsync(async _ => await DeferredTable.OrganizationsAsync(storage), stoppingToken));
            foreach (var organizationId in waiting.OrderBy(id => string.CompareOrdinal(id, lastBegun) > 0 ? 0 : 1).ThenBy(id => id, StringComparer.Ordinal))
            {
                var run = new Task<Task>(() => RunOneAsync(organizationId, stoppingToken));
                if (running.Count < MaxAtOnce && running.TryAdd(organizationId, run.Unwrap()))
                {
                    // Known before it begins: it takes itself away when it ends. The next round begins behind it.
                    lastBegun = organizationId;
                    run.Start(TaskScheduler.Default);
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whatever it was, it must not end the server.
            log.LogWarning("Requests that were accepted for later could not be looked for; that is tried again: {Reason}", fault.Message);
        }
    }

    /// <summary>Carries out the next request of an organization, and leaves its place: others may wait for it.</summary>
    private async Task RunOneAsync(string organizationId, CancellationToken stoppingToken)
    {
        DeferredRow? row = null;
        var goesOn = false;
        try
        {
            var now = clock.GetUtcNow();
            var (time, far, until) = (DateTimeValue.Format(now), DateTimeValue.Format(now + (4 * DeferredProgress.Lease)), DateTimeValue.Format(now + DeferredProgress.Lease));
            row = await RunAsync((unit, storage) => unit.RunAsync(async _ => await DeferredTable.LeaseAsync(storage, organizationId, time, far, until), stoppingToken));
            if (row is not null)
            {
                goesOn = await HoldWhileAsync(row, token => CarryOutAsync(row, token), stoppingToken);
            }
        }
        catch (ScimException refused) when (refused.RetryAfter is not null)
        {
            log.LogWarning("Request {Request} could not be carried out now; that is tried again: {Reason}", row?.Id, refused.Detail);
            await PutOffAsync(row, PutOff);
        }
        catch (OperationCanceledException)
        {
            // The server ends, another one has it, or others have their turn. What was not committed is not done.
            await PutOffAsync(row, TimeSpan.Zero);
            goesOn = !stoppingToken.IsCancellationRequested;
        }
        catch (Exception fault)
        {
            if (row is null || await HoldAsync(row))
            {
                // Otherwise another server has it, or has done it.
                log.LogError(fault, "Request {Request} could not be carried out; that is tried {Count} times", row?.Id, DeferredRun.MaxAttempts);
            }

            await Task.WhenAny(Task.Delay(FaultPause, stoppingToken));
        }
        finally
        {
            running.TryRemove(organizationId, out _);
            if (goesOn)
            {
                signal.Tell(DeferredOperations.Signal);
            }
        }
    }

    private async Task CarryOutAsync(DeferredRow row, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var run = ActivatorUtilities.CreateInstance<DeferredRun>(scope.ServiceProvider);
        var (request, refusal) = await run.PrepareAsync(row, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<ISender>().Send(operations.Run(row, request, refusal), cancellationToken);
    }

    /// <summary>Does work on a request, which is held for longer again and again meanwhile; false, and the work given up, where somebody else has it.</summary>
    private async Task<bool> HoldWhileAsync(DeferredRow row, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var task = work(ending.Token);
        while (await Task.WhenAny(task, Task.Delay(DeferredProgress.Renewal, CancellationToken.None)) != task)
        {
            if (!await HoldAsync(row))
            {
                await ending.CancelAsync();
                break;
            }
        }

        await task;
        return true;
    }

    /// <summary>Holds a request for longer. Where the storage does not answer, it is held until its time is over.</summary>
    private async Task<bool> HoldAsync(DeferredRow row)
    {
        try
        {
            return await database.WriteAsync(
                async connection => await DeferredTable.HoldAsync(connection, row, DateTimeValue.Format(clock.GetUtcNow() + DeferredProgress.Lease)), CancellationToken.None);
        }
        catch (DbException)
        {
            return true;
        }
    }

    private async Task PutOffAsync(DeferredRow? row, TimeSpan time)
    {
        try
        {
            if (row is not null)
            {
                await database.WriteAsync(async connection => await DeferredTable.PutOffAsync(connection, row, DateTimeValue.Format(clock.GetUtcNow() + time)), CancellationToken.None);
            }
        }
        catch (Exception fault) when (fault is DbException or CommitUnknownException)
        {
            // It waits until nobody holds it.
        }
    }

    private async Task<T> RunAsync<T>(Func<UnitOfWork, StorageSession, ValueTask<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), scope.ServiceProvider.GetRequiredService<StorageSession>());
    }
}
