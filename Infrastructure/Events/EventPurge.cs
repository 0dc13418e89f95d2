using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Events;

/// <summary>Erases events whose retention time is over. The last event of an organization stays, without its values: the next position is counted from it.</summary>
internal sealed class EventPurge(IServiceScopeFactory scopes, IDatabase database, RetentionTime retention, TimeProvider clock, ILogger<EventPurge> log)
    : RetentionWork(scopes, retention.Events, "events", clock, log)
{
    /// <summary>Events erased in one change.</summary>
    private const int BatchSize = 1000;

    /// <summary>The last position before the first event whose time is not over, among the oldest; null where there is nothing left to do for it.</summary>
    protected override async Task<object?> FindBatchAsync(StorageSession storage, string organizationId, DateTimeOffset before)
    {
        // Nobody may have read them, and so given them positions.
        await EventOrder.PlaceAsync(database, storage, organizationId, CancellationToken.None);
        var key = new { organizationId, before = DateTimeValue.Format(before), count = BatchSize };
        var oldest = (await storage.Connection.QueryAsync<Oldest>(
            """
            select e.position, e.at, case when e.before_values is null and e.after_values is null then 0 else 1 end as has_values
            from events e where e.organization_id = @organizationId and e.position is not null order by e.position limit @count
            """,
            key)).AsList();
        var over = oldest.TakeWhile(found => string.CompareOrdinal(found.At, key.before) < 0).ToArray();
        return over.Length == 0 || (over.Length == 1 && oldest.Count == 1 && over[0].HasValues == 0) ? null : over[^1].Position;
    }

    protected override async Task EraseAsync(StorageSession storage, string organizationId, object batch)
    {
        var key = new { organizationId, last = (long)batch };
        await storage.Connection.ExecuteAsync(
            """
            delete from events where organization_id = @organizationId and position <= @last
            and position < (select max(e.position) from events e where e.organization_id = @organizationId)
            """,
            key);
        await storage.Connection.ExecuteAsync(
            "update events set before_values = null, after_values = null where organization_id = @organizationId and position = @last", key);
    }

    private sealed record Oldest
    {
        public required long Position { get; init; }

        public required string At { get; init; }

        public required long HasValues { get; init; }
    }
}
