using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>Erases audit records of requests that changed nothing and were not refused, which are kept for a shorter time: there are most of them, and they matter least.</summary>
internal sealed class ReadsPurge(IServiceScopeFactory scopes, RetentionTime retention, TimeProvider clock, ILogger<ReadsPurge> log)
    : RetentionWork(scopes, retention.Reads, "records of reads", clock, log)
{
    /// <summary>Records erased in one change.</summary>
    private const int BatchSize = 1000;

    /// <summary>The last of the oldest whose time is over. An index holds these alone.</summary>
    protected override async Task<object?> FindBatchAsync(StorageSession storage, string organizationId, DateTimeOffset before) =>
        await storage.Connection.ExecuteScalarAsync<string?>(
            """
            select max(case when oldest.at < @before then oldest.id end) from (
                select r.id, r.at from audit_records r where r.organization_id = @organizationId and r.operation is null and r.status < 400 order by r.id limit @count) oldest
            """,
            new { organizationId, before = DateTimeValue.Format(before), count = BatchSize });

    protected override Task EraseAsync(StorageSession storage, string organizationId, object batch) => storage.Connection.ExecuteAsync(
        "delete from audit_records where organization_id = @organizationId and operation is null and status < 400 and id <= @last", new { organizationId, last = (string)batch });
}
