using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Events;

/// <summary>Erases events whose retention time is over. The last event of an organization stays, without its values: the next position is counted from it.</summary>
internal sealed class EventPurge(IServiceScopeFactory scopes, RetentionTime retention, TimeProvider clock, ILogger<EventPurge> log)
    : RetentionWork(scopes, retention.Events, "events", clock, log)
{
    /// <summary>Events erased in one change.</summary>
    private const int BatchSize = 1000;

    /// <summary>The last position of the oldest events whose time is over, unless all that is left to do for it is done.</summary>
    protected override async Task<object?> FindBatchAsync(StorageSession storage, string organizationId, DateTimeOffset before)
    {
        var key = new { organizationId, before = DateTimeValue.Format(before), count = BatchSize };
        return await storage.Connection.ExecuteScalarAsync<long?>(
            """
            select max(case when oldest.at < @before and (oldest.number < oldest.total or oldest.has_values = 1) then oldest.position end) from (
                select e.position, e.at, row_number() over (order by e.position) as number, count(*) over () as total,
                    case when e.before_values is null and e.after_values is null then 0 else 1 end as has_values
                from (select f.* from events f where f.organization_id = @organizationId and f.position is not null order by f.position limit @count) e) oldest
            """,
            key);
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
}
