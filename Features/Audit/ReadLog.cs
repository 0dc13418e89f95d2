using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Audit;

/// <summary><c>log ORG</c>: the latest requests of an organization, oldest first, what they were answered and what they did.</summary>
public static class ReadLog
{
    /// <summary>Requests of one answer.</summary>
    public const int MaxRequests = 10_000;

    /// <param name="Since">How far back; null for all that is kept.</param>
    /// <param name="User">The userName or id of a user, or the id of one that was deleted; null for any.</param>
    /// <param name="Failed">Whether only what was refused is asked for.</param>
    /// <param name="Request">The id of one request; null for any.</param>
    public sealed record Query(string Organization, TimeSpan? Since = null, string? User = null, bool Failed = false, string? Request = null, int Limit = 100) : IQuery<IReadOnlyList<LoggedRequest>>
    {
        /// <summary>Whether what only read is asked for as well.</summary>
        public bool Reads { get; init; } = true;
    }

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxRequests).WithMessage($"--limit is 1 to {MaxRequests}.");
    }

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas, TimeProvider clock) : IQueryHandler<Query, IReadOnlyList<LoggedRequest>>
    {
        public async ValueTask<IReadOnlyList<LoggedRequest>> Handle(Query query, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindAsync(storage, query.Organization);
            var user = query.User is null ? null : await FindUserAsync(row, query.User);
            var since = clock.GetUtcNow() - query.Since;
            var where = "r.organization_id = @organizationId and r.id >= @from";
            if (query.Failed)
            {
                where += " and r.status >= 400";
            }

            if (!query.Reads)
            {
                where += $" and {LogConditions.IsNoRead}";
            }

            if (query.Request is not null)
            {
                where += " and r.id < @until and r.request_id = @Request";
            }

            if (user is not null)
            {
                where += $" and {LogConditions.Names}";
            }

            var records = await LogConditions.FindAsync(query.Request, (from, until) => storage.Connection.QueryAsync<AuditRecord>(
                $"select r.organization_id, {AuditTable.Columns} from audit_records r where {where} order by r.id desc limit @Limit",
                new
                {
                    organizationId = row.Id,
                    query.Request,
                    from = LogConditions.Later(from, since is { } first ? ResourceId.FirstOf(first) : ""),
                    until,
                    resource = user,
                    inPath = LogConditions.InPath(user),
                    named = LogConditions.MaxNamed,
                    query.Limit,
                }));

            if (records.Count == 0 && query is { Request: not null, User: null, Since: null, Failed: false, Reads: true })
            {
                records = await LogConditions.CountedAsync(storage, row.Id, query.Request);
            }

            records.Reverse();
            return await LoggedRequests.OfAsync(storage, schemas.OrganizationOf(row), records, cancellationToken);
        }

        /// <summary>The id of a user; one that was deleted can be named by it only, since another may have its userName.</summary>
        private async Task<string> FindUserAsync(OrganizationRow row, string user) => await storage.Connection.ExecuteScalarAsync<string?>(
            "select u.id from users u where u.organization_id = @organizationId and (u.id = @user or u.user_name_key = @key) order by case when u.id = @user then 0 else 1 end limit 1",
            new { organizationId = row.Id, user, key = UserNameKey.Of(user) })
            ?? (ResourceId.IsId(user) ? user : throw ScimException.NotFound($"'{row.Name}' has no user '{Excerpt.Of(user)}'; name a deleted one by its id, which 'user deleted {row.Name}' shows."));
    }
}
