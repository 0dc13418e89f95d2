using System.Data.Common;
using Dapper;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>The tables <c>deferred_requests</c> and <c>deferred_results</c>.</summary>
internal static class DeferredTable
{
    /// <summary>Requests of an organization that wait, at most; those beyond are carried out at once.</summary>
    public const int MaxWaiting = 100;

    /// <summary>Bytes of their bodies together, at most.</summary>
    public const long MaxWaitingBytes = 64L * 1024 * 1024;

    /// <summary>Keeps a request; false, and nothing kept, where there is no room for it.</summary>
    public static async Task<bool> TryAddAsync(StorageSession storage, string organizationId, string id, DeferredCall call, string at)
    {
        var size = call.Body?.Length ?? 0;
        var waiting = await storage.Connection.QuerySingleAsync<Waiting>(
            "select count(*) as count, coalesce(sum(r.size), 0) as bytes from deferred_requests r where r.organization_id = @organizationId and r.finished_at is null", new { organizationId });
        if (waiting.Count >= MaxWaiting || waiting.Bytes + size > MaxWaitingBytes)
        {
            return false;
        }

        await storage.Connection.ExecuteAsync(
            """
            insert into deferred_requests (organization_id, id, number, at, token_hash, method, endpoint, resource_id, if_match, if_none_match, body, size, attempts, lease, leased_until)
            values (
                @organizationId, @id, (select coalesce(max(r.number), 0) + 1 from deferred_requests r where r.organization_id = @organizationId), @at, @TokenHash, @Method, @Endpoint,
                @ResourceId, @IfMatch, @IfNoneMatch, @Body, @size, 0, 0, '')
            """,
            new { organizationId, id, at, call.TokenHash, call.Method, call.Endpoint, call.ResourceId, call.IfMatch, call.IfNoneMatch, call.Body, size });
        return true;
    }

    /// <summary>The ids of the organizations that have requests to carry out.</summary>
    public static async Task<IReadOnlyList<string>> OrganizationsAsync(StorageSession storage) => (await storage.Connection.QueryAsync<string>(
        "select o.id from organizations o where exists (select 1 from deferred_requests r where r.organization_id = o.id and r.finished_at is null) order by o.id")).AsList();

    /// <summary>Takes the oldest request that waits, until a time; null where there is none, or somebody works on it: an organization's are carried out in their order.</summary>
    /// <param name="far">A lease that lasts longer than this was made by a clock that goes wrong.</param>
    public static async Task<DeferredRow?> LeaseAsync(StorageSession storage, string organizationId, string now, string far, string until)
    {
        var id = await storage.Connection.ExecuteScalarAsync<string?>(
            "select r.id from deferred_requests r where r.organization_id = @organizationId and r.finished_at is null order by r.number, r.id limit 1", new { organizationId });
        return id is not null && await storage.Connection.ExecuteAsync(
            """
            update deferred_requests set leased_until = @until, lease = lease + 1, attempts = attempts + 1
            where organization_id = @organizationId and id = @id and finished_at is null and (leased_until <= @now or leased_until > @far)
            """,
            new { organizationId, id, now, far, until }) == 1
            ? await FindAsync(storage, organizationId, id)
            : null;
    }

    /// <summary>The request of that id; null where the organization has none.</summary>
    public static Task<DeferredRow?> FindAsync(StorageSession storage, string organizationId, string id) => storage.Connection.QuerySingleOrDefaultAsync<DeferredRow>(
        $"select {DeferredRow.Columns} from deferred_requests r where r.organization_id = @organizationId and r.id = @id", new { organizationId, id });

    /// <summary>Holds a request for longer. False where it is done, or somebody else has it.</summary>
    public static async Task<bool> HoldAsync(DbConnection connection, DeferredRow row, string until) => await connection.ExecuteAsync(
        "update deferred_requests set leased_until = @until where organization_id = @OrganizationId and id = @Id and lease = @Lease and finished_at is null",
        new { row.OrganizationId, row.Id, row.Lease, until }) == 1;

    /// <summary>Notes that work on a request has come further: faults before count no more.</summary>
    public static Task ForgetFaultsAsync(StorageSession storage, DeferredRow row) => storage.Connection.ExecuteAsync(
        "update deferred_requests set attempts = 1 where organization_id = @OrganizationId and id = @Id and lease = @Lease", new { row.OrganizationId, row.Id, row.Lease });

    /// <summary>Lets a request go, and wait until a time, that could not be carried out for now, which is no fault of it.</summary>
    public static Task<int> PutOffAsync(DbConnection connection, DeferredRow row, string until) => connection.ExecuteAsync(
        """
        update deferred_requests set leased_until = @until, attempts = case when attempts > 0 then attempts - 1 else 0 end
        where organization_id = @OrganizationId and id = @Id and lease = @Lease and finished_at is null
        """,
        new { row.OrganizationId, row.Id, row.Lease, until });

    /// <summary>Erases requests that were done before a time, some at once, with what became of them.</summary>
    public static Task EraseAsync(StorageSession storage, string organizationId, string before, int count) => storage.Connection.ExecuteAsync(
        """
        delete from deferred_requests where organization_id = @organizationId and finished_at < @before and id in (
            select r.id from deferred_requests r where r.organization_id = @organizationId and r.finished_at < @before limit @count)
        """,
        new { organizationId, before, count });

    /// <summary>Whether there are any to erase.</summary>
    public static async Task<bool> HasEndedAsync(StorageSession storage, string organizationId, string before) => await storage.Connection.ExecuteScalarAsync<long>(
        "select count(*) from (select 1 from deferred_requests r where r.organization_id = @organizationId and r.finished_at < @before limit 1) ended", new { organizationId, before }) > 0;

    /// <summary>Notes that a request is done, and forgets what it said.</summary>
    public static Task FinishAsync(StorageSession storage, DeferredRow row, string now) => storage.Connection.ExecuteAsync(
        "update deferred_requests set finished_at = @now, leased_until = '', body = null where organization_id = @OrganizationId and id = @Id", new { row.OrganizationId, row.Id, now });

    /// <summary>Notes what became of an operation.</summary>
    public static Task InsertAsync(StorageSession storage, DeferredRow row, DeferredResult result, string now) => storage.Connection.ExecuteAsync(
        "insert into deferred_results (organization_id, request_id, number, at, result) values (@OrganizationId, @Id, @Number, @now, @Json)",
        new { row.OrganizationId, row.Id, result.Number, now, result.Json });

    /// <summary>What has become of a request so far, in the order of its operations.</summary>
    public static async Task<IReadOnlyList<ResultRow>> ResultsAsync(StorageSession storage, string organizationId, string id) => (await storage.Connection.QueryAsync<ResultRow>(
        "select d.number, d.at, d.result from deferred_results d where d.organization_id = @organizationId and d.request_id = @id order by d.number", new { organizationId, id })).AsList();

    private sealed record Waiting
    {
        public required long Count { get; init; }

        public required long Bytes { get; init; }
    }
}
