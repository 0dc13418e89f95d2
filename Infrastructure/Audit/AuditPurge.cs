using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>Erases audit records whose retention time is over.</summary>
internal sealed class AuditPurge(IServiceScopeFactory scopes, RetentionTime retention, TimeProvider clock, ILogger<AuditPurge> log)
    : RetentionWork(scopes, retention.AuditRecords, "audit records", clock, log)
{
    /// <summary>Records erased in one change.</summary>
    private const int BatchSize = 1000;

    /// <summary>The last of the oldest records whose time is over.</summary>
    protected override async Task<object?> FindBatchAsync(StorageSession storage, string organizationId, DateTimeOffset before) =>
        await storage.Connection.ExecuteScalarAsync<string?>(
            """
            select max(case when oldest.at < @before then oldest.id end) from (
                select r.id, r.at from audit_records r where r.organization_id = @organizationId order by r.id limit @count) oldest
            """,
            new { organizationId, before = DateTimeValue.Format(before), count = BatchSize });

    protected override Task EraseAsync(StorageSession storage, string organizationId, object batch) => storage.Connection.ExecuteAsync(
        "delete from audit_records where organization_id = @organizationId and id <= @last", new { organizationId, last = (string)batch });
}
