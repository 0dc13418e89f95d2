using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>
/// What one server sends to one endpoint while it holds it: what is due again, and what is new, until nothing is left. Events of a resource are sent one
/// after another, those of different resources several at a time. An endpoint that is down, as first attempts tell, gets one attempt now and then.
/// </summary>
internal sealed class WebhookRun(IServiceScopeFactory scopes, IDatabase database, OutboundSession session, WebhookSettings settings, PublicUrls urls, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>How long a webhook is held, and so how long nobody serves it whose server was killed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How often that is prolonged.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(4);

    /// <summary>Events that are looked at together.</summary>
    private const int BatchSize = 20;

    /// <summary>Resources whose events are sent at once.</summary>
    private const int Parallel = 4;

    /// <summary>Attempts that fail one after another before an endpoint counts as down.</summary>
    private const int Down = 10;

    /// <summary>The pause after so many failures is the longest between two looks at an endpoint that is down: ten minutes.</summary>
    private const int LongestDown = 4;

    /// <summary>After this no attempt of a batch is begun: what was sent is to be written down.</summary>
    private static readonly TimeSpan LongestBatch = TimeSpan.FromSeconds(20);

    /// <summary>After this it is looked whether there is room for new events.</summary>
    private static readonly TimeSpan FullPause = TimeSpan.FromSeconds(30);

    /// <summary>Deliveries that are tried again, at most; beyond that new events wait where they are.</summary>
    private const int MaxWaiting = 10_000;

    /// <summary>Characters of values that are looked at together.</summary>
    private const int MaxLength = 1024 * 1024;

    /// <summary>Who holds the webhook for longer and who writes down what came of it do so in turn.</summary>
    private readonly SemaphoreSlim turn = new(1);

    private string held = "";
    private WebhookRow webhook = null!;
    private WebhookSender? sender;
    private long failures;
    private bool isTurnOfNew;

    /// <summary>Works until nothing is left to do for now. <paramref name="taken"/> is held until the time that its row says.</summary>
    public async Task RunAsync(WebhookRow taken, CancellationToken cancellationToken)
    {
        (webhook, failures, held) = (taken, taken.Failures, taken.LeasedUntil);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var step = Task.FromResult(true);
        try
        {
            do
            {
                sender?.Dispose();
                sender = new WebhookSender(session, new Uri(webhook.Url), await FormAsync(), clock);
                step = StepAsync(ending.Token);
                while (await Task.WhenAny(step, Task.Delay(Renewal, CancellationToken.None)) != step)
                {
                    if (!await HoldAsync())
                    {
                        // Somebody else has it, or nobody any more.
                        await ending.CancelAsync();
                    }
                }
            }
            while (await step && await HoldAsync());
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // What was sent is not written down, and is sent again by whoever has it now.
        }
        finally
        {
            await Task.WhenAny(step);
            await database.WriteAsync(async connection => await WebhookTable.ReleaseAsync(connection, webhook, held), CancellationToken.None);
        }
    }

    public void Dispose()
    {
        sender?.Dispose();
        turn.Dispose();
    }

    /// <summary>How events are put to the endpoint, with what signs now.</summary>
    private async Task<IDeliveryForm> FormAsync()
    {
        var now = Now;
        return webhook.Delivery == DeliveryMethod.Push
            ? new TokenForm(webhook, await ReadAsync(storage => TokenIssuer.OpenAsync(storage, webhook.OrganizationId, urls, clock)), ExternalIdAsync)
            : new SignedForm(await ReadAsync(storage => WebhookTable.SecretsAsync(storage, webhook, now)), clock);
    }

    private async Task<string?> ExternalIdAsync(ChangeEvent told) =>
        (await ReadAsync(storage => ExternalIds.OfAsync(storage, webhook.OrganizationId, [told]))).GetValueOrDefault(told.ResourceId);

    /// <summary>Holds the webhook for longer.</summary>
    private async Task<bool> HoldAsync()
    {
        await turn.WaitAsync();
        try
        {
            var until = DateTimeValue.Format(clock.GetUtcNow() + Lease);
            var isHeld = await database.WriteAsync(async connection => await WebhookTable.HoldAsync(connection, webhook, until, held), CancellationToken.None);
            held = isHeld ? until : held;
            return isHeld;
        }
        finally
        {
            turn.Release();
        }
    }

    private string Now => DateTimeValue.Format(clock.GetUtcNow());

    /// <summary>Sends some; whether there may be more.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        // What is new and what failed before take turns, also as what an endpoint is asked by that is down: an event that it refuses for good keeps nothing else from it.
        var isDown = failures >= Down;
        isTurnOfNew = isDown ? failures % 2 == 0 : !isTurnOfNew;
        return await (isTurnOfNew ? SendNewAsync(isDown, cancellationToken) : SendAgainAsync(isDown, cancellationToken))
            ?? await (isTurnOfNew ? SendAgainAsync(isDown, cancellationToken) : SendNewAsync(isDown, cancellationToken))
            ?? await RestAsync();
    }

    /// <summary>Sends what is due again; null where nothing is.</summary>
    private async Task<bool?> SendAgainAsync(bool isDown, CancellationToken cancellationToken)
    {
        var now = Now;
        var retries = await ReadAsync(storage => WebhookTable.RetriesAsync(storage, webhook, now, isDown ? 1 : BatchSize));
        return retries.Count > 0 ? await RetryAsync(retries, cancellationToken) : null;
    }

    /// <summary>Sends what is new; null where there is nothing, or no room for what fails.</summary>
    private async Task<bool?> SendNewAsync(bool isDown, CancellationToken cancellationToken)
    {
        if (await ReadAsync(storage => WebhookTable.IsFullAsync(storage, webhook, MaxWaiting)))
        {
            return null;
        }

        var waiting = await ReadAsync(storage => WebhookTable.WaitingAsync(storage, webhook));
        var events = await ReadAsync(storage => WebhookTable.EventsAsync(storage, webhook, BatchSize, MaxLength));
        if (events.Count == 0)
        {
            return null;
        }

        if (events[0].Position != webhook.Position + 1)
        {
            return await PassOverAsync(events[0]);
        }

        var tried = isDown ? events.TakeWhile(told => !webhook.Wants(told) || waiting.Contains(told.ResourceId)).Count() + 1 : events.Count;
        return await SendNewAsync([.. events.Take(tried)], waiting, cancellationToken);
    }

    /// <summary>Has nothing to send now. What comes is told by its row, but for what there is no room for.</summary>
    private async Task<bool> RestAsync()
    {
        if (await ReadAsync(storage => WebhookTable.IsFullAsync(storage, webhook, MaxWaiting)))
        {
            await WriteAsync(connection => WebhookTable.ProgressAsync(connection, webhook, held, webhook.Position, failures, DateTimeValue.Format(clock.GetUtcNow() + FullPause)));
        }

        return false;
    }

    /// <summary>Says that events are kept no more that were to be sent, and goes on behind them.</summary>
    private async Task<bool> PassOverAsync(ChangeEvent next)
    {
        var (first, last) = (webhook.Position + 1, next.Position - 1);
        var lost = DeliveryRow.Lost(webhook.Id, first, last, Now);
        log.LogWarning("Events {First} to {Last} were not sent to webhook {Webhook} for so long that they are kept no more: its receiver needs a snapshot", first, last, webhook.Id);
        var noted = await WriteAsync(async connection =>
        {
            var isHeld = await WebhookTable.ProgressAsync(connection, webhook, held, last, failures, "");
            if (isHeld)
            {
                await WebhookTable.PutAsync(connection, webhook.OrganizationId, lost);
            }

            return isHeld;
        });
        webhook = webhook with { Position = last };
        return noted;
    }

    private async Task<bool> RetryAsync(IReadOnlyList<DeliveryRow> rows, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        var isAskedToWait = false;
        var results = new List<(DeliveryRow Row, ChangeEvent? Told, Attempt? Attempt)>();
        await System.Threading.Tasks.Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (row, token) =>
        {
            var told = await ReadAsync(storage => WebhookTable.EventAsync(storage, webhook.OrganizationId, row.Position));
            var attempt = told is null || Volatile.Read(ref isAskedToWait) || clock.GetElapsedTime(begun) > LongestBatch ? null : await sender!.SendAsync(told, token);
            lock (results)
            {
                isAskedToWait |= attempt is { RetryAfter: not null };
                results.Add((row, told, attempt));
            }
        });

        return await RecordAsync(webhook.Position, [.. results.OrderBy(result => result.Row.Position)]);
    }

    /// <summary>Sends new events, but for those whose resource has others waiting, and those behind one that fails: they wait, too.</summary>
    private async Task<bool> SendNewAsync(IReadOnlyList<ChangeEvent> events, HashSet<string> waiting, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        var isAskedToWait = false;
        var wanted = events.Where(told => webhook.Wants(told)).ToArray();
        var results = new List<(DeliveryRow Row, ChangeEvent? Told, Attempt? Attempt)>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            wanted.GroupBy(told => told.ResourceId), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (resource, token) =>
            {
                var isHeldUp = waiting.Contains(resource.Key);
                foreach (var told in resource)
                {
                    var attempt = isHeldUp || Volatile.Read(ref isAskedToWait) || clock.GetElapsedTime(begun) > LongestBatch ? null : await sender!.SendAsync(told, token);
                    isHeldUp = attempt is not { Succeeded: true };
                    lock (results)
                    {
                        isAskedToWait |= attempt is { RetryAfter: not null };
                        results.Add((NewRow(told), told, attempt));
                    }
                }
            });

        return await RecordAsync(events[^1].Position, [.. results.OrderBy(result => result.Row.Position)]);
    }

    /// <summary>Writes down what came of the attempts, all at once; whether to go on.</summary>
    private async Task<bool> RecordAsync(long position, (DeliveryRow Row, ChangeEvent? Told, Attempt? Attempt)[] results)
    {
        var now = clock.GetUtcNow();
        foreach (var (row, attempt) in results.Where(result => result.Attempt is not null).Select(result => (result.Row, result.Attempt!)))
        {
            // What has failed before says nothing new of an endpoint that is not down.
            failures = attempt.IsAlive ? 0 : row.Attempts == 0 || failures >= Down ? failures + 1 : failures;
            ScimTelemetry.WebhookAttempts.Add(1, new KeyValuePair<string, object?>("scim.outcome", attempt.Succeeded ? "delivered" : "failed"));
        }

        var rows = results.Select(result => (result.Row, After: After(result.Row, result.Told, result.Attempt, now), result.Attempt)).ToArray();
        var acknowledged = results.Where(result => result.Attempt is { IsAcknowledged: true }).Select(result => result.Told).OfType<ChangeEvent>().ToArray();
        var gone = results.Any(result => result.Attempt is { IsGone: true });
        var pause = PauseAfter([.. results.Select(result => result.Attempt).OfType<Attempt>()]);
        var (isHeld, latencies) = await WriteAsync(async connection =>
        {
            // The webhook first, as whoever has its deliveries sent again does.
            var isNoted = await WebhookTable.ProgressAsync(connection, webhook, held, position, failures, pause == TimeSpan.Zero ? "" : DateTimeValue.Format(now + pause));
            foreach (var (row, after, _) in isNoted ? rows : [])
            {
                await (after is null ? WebhookTable.RemoveAsync(connection, webhook.OrganizationId, row) : WebhookTable.PutAsync(connection, webhook.OrganizationId, after));
            }

            var (latencies, at) = (new List<double>(), DateTimeValue.Format(now));
            foreach (var told in acknowledged)
            {
                if (await WebhookTable.AcknowledgeAsync(connection, webhook.OrganizationId, told.Position, at) && Acknowledgement.LatencyOf(told, at) is { } latency)
                {
                    latencies.Add(latency);
                }
            }

            if (isNoted && gone)
            {
                await WebhookTable.DisableAsync(connection, webhook.OrganizationId, webhook.Id, DateTimeValue.Format(now), "It answered 410: it wants no more events.");
            }

            return (isNoted, latencies);
        });
        latencies.ForEach(latency => ScimTelemetry.AcknowledgementLatency.Record(latency));
        if (!isHeld)
        {
            // Disabled or removed, or another server has it: what was sent is sent again where it is served.
            return false;
        }

        webhook = webhook with { Position = position, Failures = failures };
        Tell(rows, gone, pause);
        return !gone && pause == TimeSpan.Zero;
    }

    /// <summary>How long nothing is sent after these attempts: where the endpoint is down, or asks for time (Retry-After, RFC 9110 §10.2.3).</summary>
    private TimeSpan PauseAfter(IReadOnlyList<Attempt> attempts)
    {
        var asked = RetrySchedule.Allowed(attempts.Max(attempt => attempt.RetryAfter));
        var down = attempts.Count > 0 && failures >= Down ? RetrySchedule.PauseAfter(Math.Min(failures - Down + 1, LongestDown), Random()) : TimeSpan.Zero;
        return asked > down ? asked : down;
    }

    /// <summary>The delivery as it is after an attempt; null where nothing is left of it.</summary>
    private DeliveryRow? After(DeliveryRow row, ChangeEvent? told, Attempt? attempt, DateTimeOffset now)
    {
        if (told is null)
        {
            return row with { DeadAt = DateTimeValue.Format(now), Failure = "The event is not kept any more." };
        }

        if (attempt is null)
        {
            return row;
        }

        if (attempt.Succeeded)
        {
            return null;
        }

        var attempts = row.Attempts + 1;
        var firstAt = row.Attempts == 0 ? DateTimeValue.Format(now) : row.FirstAt;
        var isOver = DateTimeValue.TryParse(firstAt, out var first) && now - first >= settings.RetryFor;
        return row with
        {
            Attempts = attempts,
            FirstAt = firstAt,
            Status = attempt.Status,
            Failure = attempt.Failure,
            NextAt = DateTimeValue.Format(now + RetrySchedule.Allowed(attempt.RetryAfter) + RetrySchedule.PauseAfter(attempts, Random())),
            DeadAt = isOver ? DateTimeValue.Format(now) : null,
        };
    }

    private void Tell((DeliveryRow Row, DeliveryRow? After, Attempt? Attempt)[] rows, bool gone, TimeSpan pause)
    {
        foreach (var dead in rows.Select(row => row.After).OfType<DeliveryRow>().Where(row => row.DeadAt is not null))
        {
            ScimTelemetry.WebhookAttempts.Add(1, new KeyValuePair<string, object?>("scim.outcome", "dead"));
            log.LogWarning("Event {Position} was given up for webhook {Webhook}: {Reason} 'webhook dead' lists such, 'webhook redeliver' sends them again", dead.Position, webhook.Id, dead.Failure);
        }

        if (gone)
        {
            log.LogWarning("Webhook {Webhook} was disabled: it answered 410. 'webhook enable' enables it again", webhook.Id);
        }
        else if (pause > TimeSpan.Zero && rows.Select(row => row.Attempt).LastOrDefault(attempt => attempt is { Succeeded: false }) is { } last)
        {
            log.LogWarning("Webhook {Webhook} is sent nothing for {Seconds} seconds; it has failed {Count} times in a row, the last time so: {Reason}", webhook.Id, (long)pause.TotalSeconds, failures, last.Failure);
        }
    }

    private DeliveryRow NewRow(ChangeEvent told)
    {
        var now = Now;
        return new DeliveryRow { WebhookId = webhook.Id, Position = told.Position, ResourceId = told.ResourceId, Attempts = 0, FirstAt = now, NextAt = now };
    }

#pragma warning disable CA5394 // It only spreads attempts over time.
    private static double Random() => System.Random.Shared.NextDouble();
#pragma warning restore CA5394

    /// <summary>Writes while nobody holds the webhook for longer, so that the time until which it is held is the one that is known.</summary>
    private async Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> write)
    {
        await turn.WaitAsync();
        try
        {
            return await database.WriteAsync(async connection => await write(connection), CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<T> ReadAsync<T>(Func<StorageSession, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ReadAsync(async _ => await read(storage), CancellationToken.None);
    }
}
