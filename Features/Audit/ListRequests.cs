using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Audit;

/// <summary>GET /api/v1/requests: the organization's SCIM requests, and what else changed something, oldest first, and what each did.</summary>
public static class ListRequests
{
    /// <summary>Requests of one answer.</summary>
    public const int MaxRequests = 1000;

    /// <summary>A record has its place when it is made and is seen when it is committed, which is so much later at most, but for very large changes.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(12);

    /// <summary>The same where no record says it: other servers' clocks may be behind.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private static readonly ApiParameter.Text AfterId = new("after", "What an answer gave as next; nothing for the beginning.", TextForm.Id("what an answer gave as next"));
    private static readonly ApiParameter.Number Most = new("limit", "Requests of one answer.", 1, MaxRequests, Usual: 100);
    private static readonly ApiParameter.Flag IsRefused = new("failed", "Whether only what was refused is asked for.");
    private static readonly ApiParameter.Flag WithReads = new("reads", "Whether what only read is asked for as well, as it is unless false is said.");
    private static readonly ApiParameter.Text OfResource = new("resource", "The id of a user or group that was changed or found, stands in the path, came to a group or left it, or has another role by it.", TextForm.Id("the id of a user or group"));
    private static readonly ApiParameter.Text OfRequest = new(
        "request",
        "The id of one request. Where it is not told by itself, and nothing else is asked for, the answer is what was counted in its minute.",
        new TextForm("the 32 hexadecimal digits of a request's id", "^[0-9a-f]{32}$", RequestIds.IsId));

    public static ApiOperation Operation { get; } = new(nameof(ListRequests), "The SCIM requests, and what else changed something, oldest first, and what each did")
    {
        Parameters = [AfterId, Most, IsRefused, WithReads, OfResource, OfRequest],
        Answer = LogPage.Schema,
    };

    public static Query From(ApiRequest request) =>
        new(request.Text(AfterId) ?? "", (int)request.Number(Most), request.Flag(IsRefused) == true, request.Flag(WithReads) != false, request.Text(OfResource), request.Text(OfRequest));

    /// <param name="After">What an answer gave as <c>next</c>; empty for the beginning.</param>
    /// <param name="Failed">Whether only what was refused is asked for.</param>
    /// <param name="Reads">Whether what only read is asked for as well.</param>
    /// <param name="Resource">The id of a resource that it is about; null for any.</param>
    /// <param name="Request">The id of one request; null for any.</param>
    public sealed record Query(string After, int Limit, bool Failed, bool Reads, string? Resource, string? Request) : IQuery<LogPage>;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxRequests);
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, LogTurns turns, TimeProvider clock) : IQueryHandler<Query, LogPage>
    {
        public async ValueTask<LogPage> Handle(Query query, CancellationToken cancellationToken)
        {
            var where = "r.organization_id = @organizationId and r.id > @from";
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

            if (query.Resource is not null)
            {
                where += $" and {LogConditions.Names}";
            }

            // Taken before the log is read: what has not come by then has a greater id.
            var now = clock.GetUtcNow();

            // No index serves what few of very many records are, and one may stand for very many events.
            using var turn = await turns.TakeAsync(organization.Id, cancellationToken);
            var records = await LogConditions.FindAsync(query.Request, (from, until) => storage.Connection.QueryAsync<AuditRecord>(
                $"select r.organization_id, {AuditTable.Columns} from audit_records r where {where} order by r.id limit @count",
                new
                {
                    organizationId = organization.Id,
                    query.Request,
                    from = LogConditions.Later(from, query.After),
                    until,
                    resource = query.Resource,
                    inPath = LogConditions.InPath(query.Resource),
                    named = LogConditions.MaxNamed,
                    count = query.Limit + 1,
                }));

            if (records.Count == 0 && query is { Request: not null, After: "", Failed: false, Reads: true, Resource: null })
            {
                records = await LogConditions.CountedAsync(storage, organization.Id, query.Request);
                records.Reverse();
                return new LogPage(await LoggedRequests.OfAsync(storage, organization, records, cancellationToken), ResourceId.FirstOf(now - Quiet), HasMore: false);
            }

            var shown = records.Take(query.Limit).ToArray();
            var settled = shown.TakeWhile(record => IsSettled(record, now)).LastOrDefault()?.Id;
            var isCut = records.Count > shown.Length;

            // Where nothing more was found, all was looked at up to where others may still come.
            string?[] places = [query.After, settled, isCut ? null : ResourceId.FirstOf(now - Quiet)];
            return new LogPage(await LoggedRequests.OfAsync(storage, organization, shown, cancellationToken), places.Max(StringComparer.Ordinal)!, settled is not null && isCut);
        }

        /// <summary>Whether nothing comes before the record any more. One that was written late has an id that is younger than it is; ids from the future, which a clock leaves that is set back, go by their records.</summary>
        private static bool IsSettled(AuditRecord record, DateTimeOffset now) => string.CompareOrdinal(record.At, DateTimeValue.Format(now - Settling)) < 0
            && (string.CompareOrdinal(record.Id, ResourceId.FirstOf(now - Settling)) < 0 || string.CompareOrdinal(record.Id, ResourceId.FirstOf(now)) > 0);
    }
}
