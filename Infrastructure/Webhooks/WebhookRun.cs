using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>
/// What one server sends to one endpoint while it holds it: what is due again, and what is new, until nothing is left. Events of a resource are sent one
/// after another, those of different resources several at a time. An endpoint at which nothing succeeds gets one attempt now and then, and its
/// events wait where they are.
/// </summary>
internal sealed class WebhookRun(IServiceScopeFactory scopes, IDatabase database, OutboundSession session, WebhookSettings settings, TimeProvider clock, ILogger log)
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

    private WebhookRow webhook = null!;
    private WebhookSender sender = null!;
    private long failures;

    /// <summary>Works until nothing is left to do for now. <paramref name="taken"/> is held until the time that its row says.</summary>
    public async Task RunAsync(WebhookRow taken, CancellationToken cancellationToken)
    {
        (webhook, failures) = (taken, taken.Failures);
        var held = taken.LeasedUntil;
        try
        {
            do
            {
                var now = Now;
                sender = new WebhookSender(session, new Uri(webhook.Url), await ReadAsync(storage => WebhookTable.SecretsAsync(storage, webhook, now)), clock);
            }
            while (await HeldAsync(StepAsync(cancellationToken)) && await HoldAsync());
        }
        finally
        {
            await database.WriteAsync(async connection => await WebhookTable.HoldAsync(connection, webhook, Now, held), CancellationToken.None);
        }

        async Task<bool> HeldAsync(Task<bool> step)
        {
            while (await Task.WhenAny(step, Task.Delay(Renewal, CancellationToken.None)) != step)
            {
                await HoldAsync();
            }

            return await step;
        }

        async Task<bool> HoldAsync()
        {
            var (before, until) = (held, DateTimeValue.Format(clock.GetUtcNow() + Lease));
            held = until;
            return await database.WriteAsync(async connection => await WebhookTable.HoldAsync(connection, webhook, until, before), CancellationToken.None);
        }
    }

    private string Now => DateTimeValue.Format(clock.GetUtcNow());

    /// <summary>Sends some; whether there may be more.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        var isDown = failures >= Down;
        var retries = await ReadAsync(storage => WebhookTable.RetriesAsync(storage, webhook, now, isDown ? 1 : BatchSize));
        if (retries.Count > 0)
        {
            return await RetryAsync(retries, cancellationToken);
        }

        var waiting = await ReadAsync(storage => WebhookTable.WaitingAsync(storage, webhook));
        if (isDown && await ReadAsync(storage => WebhookTable.NextRetryAsync(storage, webhook)) is { } due)
        {
            // Nothing before that: the endpoint is asked by what failed there.
            await database.WriteAsync(
                async connection =>
                {
                    await WebhookTable.ProgressAsync(connection, webhook, webhook.Position, failures, due);
                    return 0;
                },
                CancellationToken.None);
            return false;
        }

        var events = await ReadAsync(storage => WebhookTable.EventsAsync(storage, webhook, isDown ? 1 : BatchSize));
        return events.Count > 0 && await SendNewAsync(events, waiting, cancellationToken);
    }

    private async Task<bool> RetryAsync(IReadOnlyList<DeliveryRow> rows, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        var results = new List<(DeliveryRow Row, ChangeEvent? Told, Attempt? Attempt)>();
        await System.Threading.Tasks.Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (row, token) =>
        {
            var told = await ReadAsync(storage => WebhookTable.EventAsync(storage, webhook.OrganizationId, row.Position));
            var attempt = told is null || clock.GetElapsedTime(begun) > LongestBatch ? null : await sender.SendAsync(told, token);
            lock (results)
            {
                results.Add((row, told, attempt));
            }
        });

        return await RecordAsync(webhook.Position, [.. results.OrderBy(result => result.Row.Position)]);
    }

    /// <summary>Sends new events, but for those whose resource has others waiting, and those behind one that fails: they wait, too.</summary>
    private async Task<bool> SendNewAsync(IReadOnlyList<ChangeEvent> events, HashSet<string> waiting, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        var wanted = events.Where(told => webhook.Sent is null || webhook.Sent.Contains(told.Type)).ToArray();
        var results = new List<(DeliveryRow Row, ChangeEvent? Told, Attempt? Attempt)>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            wanted.GroupBy(told => told.ResourceId), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (resource, token) =>
            {
                var isHeldUp = waiting.Contains(resource.Key);
                foreach (var told in resource)
                {
                    var attempt = isHeldUp || clock.GetElapsedTime(begun) > LongestBatch ? null : await sender.SendAsync(told, token);
                    isHeldUp = attempt is not { Succeeded: true };
                    lock (results)
                    {
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
        foreach (var attempt in results.Select(result => result.Attempt).OfType<Attempt>())
        {
            failures = attempt.Succeeded ? 0 : failures + 1;
            ScimTelemetry.WebhookAttempts.Add(1, new KeyValuePair<string, object?>("scim.outcome", attempt.Succeeded ? "delivered" : "failed"));
        }

        var rows = results.Select(result => (result.Row, After: After(result.Row, result.Told, result.Attempt, now), result.Attempt)).ToArray();
        var gone = results.Any(result => result.Attempt is { IsGone: true });
        var pause = failures >= Down ? RetrySchedule.PauseAfter(Math.Min(failures - Down + 1, LongestDown), Random(), null) : TimeSpan.Zero;
        await database.WriteAsync(
            async connection =>
            {
                foreach (var (row, after, attempt) in rows)
                {
                    await (after is null ? WebhookTable.RemoveAsync(connection, webhook.OrganizationId, row) : WebhookTable.PutAsync(connection, webhook.OrganizationId, after));
                    if (attempt is { IsAcknowledged: true })
                    {
                        await WebhookTable.AcknowledgeAsync(connection, webhook.OrganizationId, row.Position, DateTimeValue.Format(now));
                    }
                }

                await WebhookTable.ProgressAsync(connection, webhook, position, failures, DateTimeValue.Format(now + pause));
                if (gone)
                {
                    await WebhookTable.DisableAsync(connection, webhook.OrganizationId, webhook.Id, DateTimeValue.Format(now), "It answered 410: it wants no more events.");
                }

                return 0;
            },
            CancellationToken.None);
        webhook = webhook with { Position = position };
        Tell(rows, gone, pause);
        return !gone && pause == TimeSpan.Zero;
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
            NextAt = DateTimeValue.Format(now + RetrySchedule.PauseAfter(attempts, Random(), attempt.RetryAfter)),
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
        else if (pause > TimeSpan.Zero && rows.Select(row => row.Attempt).LastOrDefault(attempt => attempt is not null) is { } last)
        {
            log.LogWarning("Webhook {Webhook} has failed {Count} times in a row and is tried again in {Seconds} seconds: {Reason}", webhook.Id, failures, (long)pause.TotalSeconds, last.Failure);
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

    private async Task<T> ReadAsync<T>(Func<StorageSession, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ReadAsync(async _ => await read(storage), CancellationToken.None);
    }
}
