using System.Data.Common;
using Dapper;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Events;

/// <summary>
/// Gives events their positions where several transactions write at once: after their commits, one giver at a time for each organization. What is not
/// committed yet is not seen and comes later, so no position appears behind one that a reader has passed; and of what is seen together, what was
/// written first comes first, which for one resource is the order of its commits, since its row is held meanwhile.
/// </summary>
internal static class EventOrder
{
    /// <summary>Events that are given their positions in one transaction.</summary>
    private const int BatchSize = 2000;

    /// <summary>
    /// The next positions, to what has none; runs behind the lock. The last one is asked for in an expression, which is evaluated once: joined, it may be once for
    /// each event.
    /// </summary>
    internal const string Give =
        """
        update events set position = (select coalesce(max(e.position), 0) from events e where e.organization_id = @organizationId) + next.number
        from (select e.sequence, row_number() over (order by e.sequence) as number from events e
            where e.organization_id = @organizationId and e.position is null order by e.sequence limit @count) next
        where events.organization_id = @organizationId and events.sequence = next.sequence
        """;

    /// <summary>Gives all events of the organization their positions that are committed by now.</summary>
    public static async Task PlaceAsync(IDatabase database, StorageSession storage, string organizationId, CancellationToken cancellationToken)
    {
        if (database.Dialect.OrderLock("@organizationId") is not { } orderLock)
        {
            return;
        }

        // A reader looks first: mostly there is nothing to do.
        while (await storage.Connection.ExecuteScalarAsync<long>(
            "select count(*) from (select 1 from events e where e.organization_id = @organizationId and e.position is null limit 1) unplaced", new { organizationId }) > 0)
        {
            storage.Release();
            await database.WriteAsync(async connection => await PlaceAsync(connection, orderLock, organizationId), cancellationToken);
        }
    }

    /// <summary>The same inside a unit of work, and returns the last position.</summary>
    public static async Task<long> PlaceAsync(StorageSession storage, string organizationId)
    {
        if (storage.Dialect.OrderLock("@organizationId") is { } orderLock)
        {
            while (await PlaceAsync(storage.Connection, orderLock, organizationId) > 0)
            {
                // A batch each time.
            }
        }

        return await storage.Connection.ExecuteScalarAsync<long>("select coalesce(max(e.position), 0) from events e where e.organization_id = @organizationId", new { organizationId });
    }

    private static async Task<int> PlaceAsync(DbConnection connection, string orderLock, string organizationId)
    {
        var key = new { organizationId, count = BatchSize };

        // Each statement sees what was committed when it began: the second what the giver before has given.
        await connection.ExecuteAsync(orderLock, key);
        return await connection.ExecuteAsync(Give, key);
    }
}
