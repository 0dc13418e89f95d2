using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>
/// Takes the requests of known tokens that changed nothing into the audit, beside the requests: those that were refused, those that read, and changes that
/// found all as they would make it. Within a second, and at the end of the server. A client that comes with them again and again is counted instead, and so
/// are requests without a valid token: neither must fill the disk.
/// </summary>
public sealed class RequestLog(IDatabase database, TimeProvider clock, ILogger<RequestLog> log) : BackgroundService
{
    /// <summary>
    /// Refusals of one credential that this server records one by one in a minute, and as many of its changes that changed nothing; the others are counted, by
    /// credential and status.
    /// </summary>
    public const int MaxPerMinute = 600;

    /// <summary>The same of its reads, of which there are most.</summary>
    public const int MaxReadsPerMinute = 120;

    /// <summary>How long after a request the count that it is in is there: its minute, and what it takes to be written.</summary>
    public static readonly TimeSpan CountedWithin = TimeSpan.FromSeconds(100);

    /// <summary>Records that wait for the storage at most; beyond it they are counted.</summary>
    private const int MaxWaiting = 20_000;

    /// <summary>How many of these may be there when a read comes to them, so that there is room for refusals.</summary>
    private const int MaxWaitingForReads = MaxWaiting / 2;

    /// <summary>Records written in one unit of work.</summary>
    private const int BatchSize = 500;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    /// <summary>Records that waited for longer get another id when they are written, so that they do not come behind who follows the log.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private readonly List<AuditRecord> waiting = [];
    private readonly ConcurrentDictionary<Kind, Counted> counted = [];
    private readonly Dictionary<(string OrganizationId, string Actor, bool IsRefused, bool IsRead), int> taken = [];
    private readonly Dictionary<string, Sampled> withoutToken = new(StringComparer.Ordinal);

    /// <summary>The ids of those of which nobody knows whether they are written: they are there once.</summary>
    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);
    private long minute = -1;

    /// <summary>Notes a request that changed nothing although its token is valid.</summary>
    /// <param name="detail">Why it was refused, with nothing of a client in it but ids and names of attributes; null where it was not.</param>
    public void Note(string organizationId, Actor actor, string requestId, RequestNote request, int status, string? scimType = null, string? detail = null) =>
        Note(RecordOf(organizationId, actor, requestId, request) with { Status = status, ScimType = scimType, Detail = detail is null ? null : AuditRecord.CutDetail(detail) }, isRead: false);

    /// <summary>Notes a request that read something.</summary>
    /// <param name="found">What was looked for and found, with nothing of a client in it but names of attributes; null where it was nothing but what the path names.</param>
    /// <param name="only">The one resource that a search has found; null where it was not one.</param>
    public void NoteRead(string organizationId, Actor actor, string requestId, RequestNote request, int status, string? found, (string Type, string Id, long Version)? only) => Note(
        RecordOf(organizationId, actor, requestId, request) with
        {
            Status = status,
            Detail = found is null ? null : AuditRecord.CutFound(found),
            ResourceType = only?.Type,
            ResourceId = only?.Id,
            Version = only?.Version,
        },
        isRead: true);

    /// <summary>Counts one more read where the credential's reads of this minute are counted already, and costs next to nothing then.</summary>
    /// <returns>Whether it is counted; otherwise it is to be noted.</returns>
    public bool CountsRead(string organizationId, Actor actor, string method, int status)
    {
        // Without the gate, where those that read much would wait for one another.
        return Volatile.Read(ref minute) == MinuteOf(clock.GetUtcNow())
            && counted.TryGetValue(new Kind(organizationId, actor.Kind, actor.Id, status, null, method), out var known) && known.TryCount();
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

    private AuditRecord RecordOf(string organizationId, Actor actor, string requestId, RequestNote request) => AuditRecord.Of(organizationId, actor, requestId, clock.GetUtcNow()) with
    {
        Method = request.Method,
        Path = request.Path,
        DurationUs = request.Microseconds,
        Quirks = request.QuirkNames(),
    };

    private void Note(AuditRecord record, bool isRead)
    {
        lock (gate)
        {
            Turn(clock.GetUtcNow());
            var kind = (record.OrganizationId, record.Actor, record.IsRefused, isRead);
            var before = taken.GetValueOrDefault(kind);
            var counts = record.Status == 429 || before >= (isRead ? MaxReadsPerMinute : MaxPerMinute) || waiting.Count >= (isRead ? MaxWaitingForReads : MaxWaiting);
            taken[kind] = counts ? before : before + 1;
            Add(record, counts, isRead);
        }
    }

    /// <summary>What is counted is told once at once, and then with its number when its minute is over.</summary>
    private void Add(AuditRecord record, bool counts, bool isRead = false)
    {
        if (!counts)
        {
            waiting.Add(record);
            return;
        }

        // Reads tell their method, so that they are no changes that changed nothing.
        var kind = new Kind(record.OrganizationId, record.ActorKind, record.Actor, record.Status, record.ScimType, isRead ? record.Method : null);
        if (counted.TryGetValue(kind, out var known))
        {
            known.TryCount();
        }
        else if (counted.Count < MaxWaiting)
        {
            var isTold = waiting.Count < (isRead ? MaxWaitingForReads : MaxWaiting);
            counted[kind] = new Counted(
                record with { Method = kind.Method, Path = null, Detail = null, DurationUs = null, Quirks = null, ResourceType = null, ResourceId = null, Version = null },
                isTold ? 0 : 1);
            if (isTold)
            {
                waiting.Add(record);
            }
        }
    }

    /// <summary>Begins a new minute where the last one is over.</summary>
    private void Turn(DateTimeOffset now)
    {
        var present = MinuteOf(now);
        if (present != minute)
        {
            CloseMinute(now);
            Volatile.Write(ref minute, present);
        }
    }

    private static long MinuteOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;

    private void CloseMinute(DateTimeOffset now)
    {
        waiting.AddRange(counted.Values.Select(known => known.First with { Id = ResourceId.Create(now), At = DateTimeValue.Format(now), Times = known.Close() }).Where(record => record.Times > 0));
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
                            await InsertAsync(connection, batch.Span[index]);
                        }

                        return 0;
                    },
                    CancellationToken.None);
                written += batch.Length;
            }

            unknown.Clear();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whatever it was, it must not end the server. Tried again at the next tick; what is too much for that is lost and told.
            if (fault is CommitUnknownException)
            {
                unknown.UnionWith(records.Skip(written).Take(BatchSize).Select(record => record.Id));
            }

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

    private async Task InsertAsync(DbConnection connection, AuditRecord record)
    {
        var now = clock.GetUtcNow();
        var isLate = string.CompareOrdinal(record.At, DateTimeValue.Format(now - Prompt)) < 0;
        if (!isLate || !unknown.Contains(record.Id))
        {
            await AuditTable.InsertAsync(connection, isLate ? record with { Id = ResourceId.Create(now) } : record);
        }
        else if (!await AuditTable.HasAsync(connection, record))
        {
            await AuditTable.InsertAsync(connection, record with { Id = ResourceId.Create(now) });
        }
    }

    /// <summary>How often it was, and the first of them.</summary>
    private sealed record Sampled(long Times, string RequestId, string Path, string Network);

    /// <summary>What the first of them was, and how often it was besides what is told by itself.</summary>
    private sealed class Counted(AuditRecord first, long times)
    {
        private long times = times;

        public AuditRecord First { get; } = first;

        /// <summary>Counts one more; false where the minute is over and the number was told.</summary>
        public bool TryCount() => Interlocked.Increment(ref times) > 0;

        /// <summary>How often it was, which is told now.</summary>
        public long Close() => Interlocked.Exchange(ref times, long.MinValue);
    }

    private readonly record struct Kind(string OrganizationId, string ActorKind, string Actor, int? Status, string? ScimType, string? Method);
}
