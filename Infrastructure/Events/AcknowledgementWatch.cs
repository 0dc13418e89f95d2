using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Telemetry;

namespace ScimSlice.Infrastructure.Events;

/// <summary>
/// Measures beside the requests how many deactivations and deletions of users wait for their acknowledgement, and since when. Organizations whose
/// application acknowledges are told apart from those where nobody does: there it means nothing, and an alarm would never end.
/// </summary>
internal sealed class AcknowledgementWatch : BackgroundService
{
    /// <summary>Of so many events of an organization, the first by position, the oldest is looked for. An event that nobody has read yet has no position.</summary>
    private const int First = 1000;

    /// <summary>A round is followed by a pause of so many times its length at least.</summary>
    private const int Share = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly IServiceScopeFactory scopes;
    private readonly TimeProvider clock;
    private readonly ILogger<AcknowledgementWatch> log;
    private Outstanding[] measured = [];

    public AcknowledgementWatch(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AcknowledgementWatch> log)
    {
        (this.scopes, this.clock, this.log) = (scopes, clock, log);
        ScimTelemetry.Meter.CreateObservableGauge("scim.unacknowledged_deactivations", Counts, "{event}", "Deactivations and deletions of users that no application has acknowledged");
        ScimTelemetry.Meter.CreateObservableGauge("scim.oldest_unacknowledged_deactivation", Ages, "s", "Age of the oldest deactivation or deletion of a user that no application has acknowledged");
    }

    /// <summary>How many there were at the last look, by whether the application acknowledges.</summary>
    internal IEnumerable<Measurement<long>> Counts() => measured.Select(found => new Measurement<long>(found.Count, Tag(found)));

    /// <summary>Seconds since the oldest of them, 0 where there is none. They go on growing where the database cannot be asked.</summary>
    internal IEnumerable<Measurement<double>> Ages() => measured.Select(found => new Measurement<double>(
        DateTimeValue.TryParse(found.OldestAt ?? "", out var at) ? Math.Max(0, (clock.GetUtcNow() - at).TotalSeconds) : 0, Tag(found)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var begun = clock.GetTimestamp();
                await MeasureAsync(stoppingToken);
                var pause = clock.GetElapsedTime(begun) * Share;
                await Task.Delay(pause > Interval ? pause : Interval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    /// <summary>Looks at all organizations that have such events.</summary>
    internal async Task MeasureAsync(CancellationToken stoppingToken)
    {
        try
        {
            Outstanding[] found = [new(true, 0, null), new(false, 0, null)];
            foreach (var organizationId in await ReadAsync(
                storage => storage.Connection.QueryAsync<string>(
                    $"select o.id from organizations o where exists (select 1 from events e where e.organization_id = o.id and {Acknowledgement.IsOutstanding}) order by o.id"),
                stoppingToken))
            {
                var row = await ReadAsync(storage => FindAsync(storage, organizationId), stoppingToken);
                var index = await AcknowledgesAsync(organizationId, stoppingToken) ? 0 : 1;
                found[index] = found[index].With(row);
            }

            measured = found;
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // Whatever it was, it must not end the server.
            log.LogWarning("Deactivations without an acknowledgement could not be counted; that is tried again: {Reason}", fault.Message);
        }
    }

    private static Task<Row> FindAsync(StorageSession storage, string organizationId) => storage.Connection.QuerySingleAsync<Row>(
        $"""
        select
            (select count(*) from events e where e.organization_id = @organizationId and {Acknowledgement.IsOutstanding}) as count,
            (select min(f.at) from (
                select e.at from events e where e.organization_id = @organizationId and {Acknowledgement.IsOutstanding} order by e.position limit @first) f) as oldest_at
        """,
        new { organizationId, first = First });

    /// <summary>Whether the application of an organization has acknowledged any event that is kept.</summary>
    private async Task<bool> AcknowledgesAsync(string organizationId, CancellationToken stoppingToken) => await ReadAsync(
        storage => storage.Connection.ExecuteScalarAsync<long>(
            "select count(*) from (select 1 from events e where e.organization_id = @organizationId and e.acknowledged_at is not null limit 1) acknowledged", new { organizationId }),
        stoppingToken) > 0;

    private static KeyValuePair<string, object?> Tag(Outstanding found) => new("scim.acknowledges", found.Acknowledges ? "true" : "false");

    private async Task<T> ReadAsync<T>(Func<StorageSession, Task<T>> read, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var storage = scope.ServiceProvider.GetRequiredService<StorageSession>();
        return await scope.ServiceProvider.GetRequiredService<UnitOfWork>().ReadAsync(async _ => await read(storage), stoppingToken);
    }

    private sealed record Outstanding(bool Acknowledges, long Count, string? OldestAt)
    {
        /// <summary>With those of one more organization. Times order by their characters.</summary>
        public Outstanding With(Row row) => this with
        {
            Count = Count + row.Count,
            OldestAt = OldestAt is null || (row.OldestAt is not null && string.CompareOrdinal(row.OldestAt, OldestAt) < 0) ? row.OldestAt : OldestAt,
        };
    }

    private sealed record Row
    {
        public required long Count { get; init; }

        public required string? OldestAt { get; init; }
    }
}
