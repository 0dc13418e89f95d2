using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Audit;

/// <summary><c>audit ORG</c>: the latest changes and refusals of an organization, oldest first.</summary>
public static class ListAuditRecords
{
    /// <summary>Records of one answer.</summary>
    public const int MaxRecords = 10_000;

    /// <param name="Since">How far back; null for all that is kept.</param>
    /// <param name="Refused">Whether only what was refused is asked for.</param>
    /// <param name="Resource">The id of a resource that records name, in what was done or in the path of what was refused; null for any.</param>
    /// <param name="Actor">The id of a credential, or the account of who ran a command; null for any.</param>
    /// <param name="Request">The id of one request; null for any.</param>
    public sealed record Query(string Organization, TimeSpan? Since = null, bool Refused = false, string? Resource = null, string? Actor = null, string? Request = null, int Limit = 100)
        : IQuery<Result>;

    public sealed record Result(OrganizationRow Organization, IReadOnlyList<AuditRecord> Records);

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxRecords).WithMessage($"--limit is 1 to {MaxRecords}.");
    }

    internal sealed class Handler(StorageSession storage, TimeProvider clock) : IQueryHandler<Query, Result>
    {
        public async ValueTask<Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, query.Organization);
            var since = clock.GetUtcNow() - query.Since;

            // Ids are in the order of time, which the index knows, but for a clock that was set back.
            var where = "r.organization_id = @organizationId and r.id >= @from and r.at >= @sinceAt and (r.operation is not null or r.status >= 400)";
            if (query.Refused)
            {
                where += " and r.status >= 400";
            }

            if (query.Actor is not null)
            {
                where += " and r.actor = @Actor";
            }

            if (query.Request is not null)
            {
                where += " and r.id < @until and r.request_id = @Request";
            }

            if (query.Resource is not null)
            {
                where += " and (r.resource_id = @Resource or r.path like @inPath escape '\\')";
            }

            var records = await LogConditions.FindAsync(query.Request, (from, until) => storage.Connection.QueryAsync<AuditRecord>(
                $"select r.organization_id, {AuditTable.Columns} from audit_records r where {where} order by r.id desc limit @Limit",
                new
                {
                    organizationId = organization.Id,
                    sinceAt = since is { } at ? DateTimeValue.Format(at) : "",
                    query.Actor,
                    query.Request,
                    from = LogConditions.Later(from, since is { } first ? ResourceId.FirstOf(first) : ""),
                    until,
                    query.Resource,
                    inPath = $"%/{query.Resource?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}",
                    query.Limit,
                }));

            records.Reverse();
            return new Result(organization, records);
        }
    }
}
