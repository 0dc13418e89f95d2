using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Audit;

/// <summary>Conditions over the audit's records, which statements call <c>r</c>, that the log has in common wherever it is read.</summary>
internal static class LogConditions
{
    /// <summary>
    /// Changes of groups, and as many of roles, by which one resource is found: the latest. So many PostgreSQL keeps in a table of hashes; more it would go through for each record.
    /// </summary>
    public const int MaxNamed = 5000;

    /// <summary>Counts that are told for one request.</summary>
    private const int MaxCounted = 100;

    /// <summary>What names the resource <c>@resource</c>: it was changed or found, stands in the path (<c>@inPath</c>), came to a group or left it, or has another role by it.</summary>
    public const string Names =
        """
        (r.resource_id = @resource or r.path like @inPath or (r.request_id, r.resource_id, coalesce(r.version, 0) + case r.operation when 'DeleteGroup' then 1 else 0 end) in (
            select brought.request_id, brought.cause_id, brought.cause_version from (
                select e.request_id, e.cause_id, e.cause_version from events e
                where e.organization_id = @organizationId and e.resource_id = @resource and e.cause_id is not null order by e.position desc limit @named) brought
            union all
            select came.request_id, came.resource_id, came.version from (
                select e.request_id, e.resource_id, e.version from events e where e.organization_id = @organizationId and e.member_id = @resource order by e.position desc limit @named) came))
        """;

    /// <summary>What was refused or is no read: what is counted has no path, and of it reads alone a method.</summary>
    public const string IsNoRead = "(r.status >= 400 or r.method is null or (r.method not in ('GET', 'HEAD') and lower(r.path) not like '%/.search'))";

    /// <summary>The greater of two ids, as the one place from which a statement reads: SQLite begins at the first of two that it is given.</summary>
    public static string Later(string one, string other) => string.CompareOrdinal(one, other) > 0 ? one : other;

    /// <summary>The value of <c>@inPath</c>.</summary>
    public static string InPath(string? resource) => $"%/{resource}";

    /// <summary>Reads first where the records of a request mostly are, and elsewhere where nothing was found there.</summary>
    /// <param name="request">The id of the request; null where any is asked for.</param>
    /// <param name="read">Reads between two ids.</param>
    public static async Task<List<AuditRecord>> FindAsync(string? request, Func<string, string, Task<IEnumerable<AuditRecord>>> read)
    {
        foreach (var (from, until) in RequestIds.WindowsOf(request))
        {
            if ((await read(from, until)).AsList() is { Count: > 0 } found)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>What was counted in the minute of a request that is not told by itself, the latest first: it may be one of those. Nothing where its id says no time.</summary>
    public static async Task<List<AuditRecord>> CountedAsync(StorageSession storage, string organizationId, string requestId) => RequestIds.TimeOf(requestId) is not { } time ? []
        : (await storage.Connection.QueryAsync<AuditRecord>(
            $"""
            select r.organization_id, {AuditTable.Columns} from audit_records r
            where r.organization_id = @organizationId and r.id > @from and r.id < @to and r.path is null and r.status is not null
            order by r.id desc limit @count
            """,
            new { organizationId, from = ResourceId.FirstOf(time), to = ResourceId.FirstOf(time + RequestLog.CountedWithin), count = MaxCounted })).AsList();
}
