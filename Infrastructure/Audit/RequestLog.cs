using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>
/// Takes the requests of known tokens that changed nothing into the audit, beside the requests: those that were refused, and changes that found all as
/// they would make it. Within a second, and at the end of the server. A client that comes with them again and again is counted instead, and so are
/// requests without a valid token: neither must fill the disk.
/// </summary>
public sealed class RequestLog(IDatabase database, TimeProvider clock, ILogger<RequestLog> log) : BackgroundService
{
    /// <summary>
    /// Refusals of one organization that this server records one by one in a minute, and as many changes that changed nothing; the others are counted, by
    /// credential and status.
    /// </summary>
    public const int MaxPerMinute = 600;

    /// <summary>Records that wait for the storage at most; beyond it they are counted.</summary>
    private const int MaxWaiting = 20_000;

    /// <summary>Records written in one unit of work.</summary>
    private const int BatchSize = 500;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly List<AuditRecord> waiting = [];
    private readonly Dictionary<Kind, AuditRecord> counted = [];
    private readonly Dictionary<(string OrganizationId, bool IsRefused), int> taken = [];
    private readonly Dictionary<string, Sampled> withoutToken = new(StringComparer.Ordinal);
    private long minute = -1;

    /// <summary>Notes a request that changed nothing although its token is valid.</summary>
    /// <param name="detail">Why it was refused, with nothing of a client in it but ids and names of attributes; null where it was not.</param>
    public void Note(string organizationId, Actor actor, string requestId, RequestNote request, int status, string? scimType = null, string? detail = null)
    {
        var now = clock.GetUtcNow();
        var record = AuditRecord.Of(organizationId, actor, requestId, now) with
        {
            Method = request.Method,
            Path = request.Path,
            Status = status,
            ScimType = scimType,
            Detail = detail is null ? null : AuditRecord.CutDetail(detail),
            DurationUs = request.Microseconds,
            Quirks = request.QuirkNames(),
        };
        lock (gate)
        {
            Turn(now);
            var kind = (organizationId, record.IsRefused);
            var before = taken.GetValueOrDefault(kind);
            var counts = status == 429 || before >= MaxPerMinute || waiting.Count >= MaxWaiting;
            taken[kind] = counts ? before : before + 1;
            Add(record, counts);
        }
    }

    /// <summary>Notes a request without a valid token.</summary>
    /// <param name="why">What was sent: <c>none</c>, <c>malformed</c>, <c>damaged</c>, <c>unknown</c>, <c>expired</c>, <c>revoked</c>, or <c>client</c> at the token endpoint.</param>
    /// <param name="ended">The token, where it was live once.</param>
    /// <param name="path">With nothing of a client in it but ids.</param>
    /// <param name="network">Where it came from, so coarse that it usually says no person.</param>
    public void NoteWithoutToken(string why, EndedToken? ended, string requestId, string path, string network)
    {
        ScimTelemetry.RefusedCredentials.Add(1, new KeyValuePair<string, object?>("scim.reason", why));
        var now = clock.GetUtcNow();
        lock (gate)
        {
            Turn(now);
            withoutToken[why] = withoutToken.TryGetValue(why, out var sampled) ? sampled with { Times = sampled.Times + 1 } : new Sampled(1, requestId, AuditRecord.Cut(path), network);
            if (ended is not null)
            {
                Add(AuditRecord.Of(ended.OrganizationId, ended.Actor, requestId, now) with { Status = 401, ScimType = ended.Why }, counts: true);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(ends: false);
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }

        await FlushAsync(ends: true);
    }

    /// <summary>What is counted is told once at once, and then with its number when its minute is over.</summary>
    private void Add(AuditRecord record, bool counts)
    {
        if (!counts)
        {
            waiting.Add(record);
            return;
        }

        var kind = new Kind(record.OrganizationId, record.ActorKind, record.Actor, record.Status, record.ScimType);
        if (counted.TryGetValue(kind, out var first))
        {
            counted[kind] = first with { Times = first.Times + 1 };
        }
        else if (counted.Count < MaxWaiting)
        {
            counted[kind] = record with { Method = null, Path = null, Detail = null, DurationUs = null, Quirks = null, Times = 0 };
            if (waiting.Count < MaxWaiting)
            {
                waiting.Add(record);
            }
        }
    }

    /// <summary>Begins a new minute where the last one is over.</summary>
    private void Turn(DateTimeOffset now)
    {
        var present = now.ToUnixTimeSeconds() / 60;
        if (present != minute)
        {
            CloseMinute(now);
            minute = present;
        }
    }

    private void CloseMinute(DateTimeOffset now)
    {
        waiting.AddRange(counted.Values.Where(record => record.Times > 0).Select(record => record with { Id = ResourceId.Create(now), At = DateTimeValue.Format(now) }));
        counted.Clear();
        taken.Clear();
        if (withoutToken.Count > 0)
        {
            log.LogWarning(
                "Within a minute {Count} requests were refused for want of a valid token: {Reasons}. 'audit' shows those whose token was live once",
                withoutToken.Values.Sum(sampled => sampled.Times),
                string.Join(", ", withoutToken.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Create(
                    CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value.Times} (one of them {pair.Value.RequestId}, {pair.Value.Path} from {pair.Value.Network})"))));
            withoutToken.Clear();
        }
    }

    private async Task FlushAsync(bool ends)
    {
        AuditRecord[] records;
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (ends)
            {
                CloseMinute(now);
            }
            else
            {
                Turn(now);
            }

            records = [.. waiting];
            waiting.Clear();
        }

        var written = 0;
        try
        {
            while (written < records.Length)
            {
                var batch = records.AsMemory(written, Math.Min(BatchSize, records.Length - written));
                await database.WriteAsync(
                    async connection =>
                    {
                        for (var index = 0; index < batch.Length; index++)
                        {
                            await AuditTable.InsertAsync(connection, batch.Span[index]);
                        }

                        return 0;
                    },
                    CancellationToken.None);
                written += batch.Length;
            }
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whatever it was, it must not end the server. Tried again at the next tick; what is too much for that is lost and told.
            var kept = 0;
            lock (gate)
            {
                kept = Math.Min(records.Length - written, Math.Max(0, MaxWaiting - waiting.Count));
                waiting.InsertRange(0, records[written..(written + kept)]);
            }

            log.LogWarning(
                "{Count} requests that changed nothing could not be recorded; that is tried again{Lost}: {Reason}",
                records.Length - written,
                kept < records.Length - written ? $", but for {records.Length - written - kept} that are too many to be kept" : "",
                fault.Message);
        }
    }

    /// <summary>How often it was, and the first of them.</summary>
    private sealed record Sampled(long Times, string RequestId, string Path, string Network);

    private readonly record struct Kind(string OrganizationId, string ActorKind, string Actor, int? Status, string? ScimType);
}
