using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Audit;

/// <summary>GET /api/v1/requests: the organization's requests that changed something or were refused, oldest first, and what each did.</summary>
public static class ListRequests
{
    /// <summary>Requests of one answer.</summary>
    public const int MaxRequests = 1000;

    private const int UsualRequests = 100;

    /// <summary>A record has its place when it is made and is seen when it is written, which is so much later at most, but for very large changes.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static Query From(ApiRequest request) => new(
        request.Text("after") is { } after ? Checked("after", after, ResourceId.IsId(after)) : "",
        (int)request.Number("limit", UsualRequests, 1, MaxRequests),
        request.Text("failed") is { } failed && Checked("failed", failed, failed is "true" or "false") == "true",
        request.Text("resource") is { } resource ? Checked("resource", resource, ResourceId.IsId(resource)) : null,
        request.Text("request") is { } id ? Checked("request", id, id.Length == 32 && id.All(char.IsAsciiHexDigitLower)) : null);

    /// <param name="After">What an answer gave as <c>next</c>; empty for the beginning.</param>
    /// <param name="Failed">Whether only what was refused is asked for.</param>
    /// <param name="Resource">The id of a resource that was changed or stands in the path; null for any.</param>
    /// <param name="Request">The id of one request; null for any.</param>
    public sealed record Query(string After, int Limit, bool Failed, string? Resource, string? Request) : IQuery<LogPage>;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxRequests);
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, ScanTurns turns, TimeProvider clock) : IQueryHandler<Query, LogPage>
    {
        public async ValueTask<LogPage> Handle(Query query, CancellationToken cancellationToken)
        {
            var where = "r.organization_id = @organizationId and r.id > @After";
            if (query.Failed)
            {
                where += " and r.status >= 400";
            }

            if (query.Request is not null)
            {
                where += " and r.request_id = @Request";
            }

            if (query.Resource is not null)
            {
                where += " and (r.resource_id = @Resource or r.path like @inPath)";
            }

            // No index serves what few of very many records are.
            using var turn = query is { Failed: false, Request: null, Resource: null } ? null : await turns.TakeAsync(organization.Id, cancellationToken);
            var records = (await storage.Connection.QueryAsync<AuditRecord>(
                $"select r.organization_id, {AuditTable.Columns} from audit_records r where {where} order by r.id limit @count",
                new { organizationId = organization.Id, query.After, query.Request, query.Resource, inPath = $"%/{query.Resource}", count = query.Limit + 1 })).AsList();
            var shown = records.Take(query.Limit).ToArray();
            var settled = shown.TakeWhile(record => string.CompareOrdinal(record.At, DateTimeValue.Format(clock.GetUtcNow() - Settling)) < 0).LastOrDefault();
            return new LogPage(
                await LoggedRequests.OfAsync(storage, organization, shown, cancellationToken), settled?.Id ?? query.After, settled is not null && records.Count > shown.Length);
        }
    }

    private static string Checked(string name, string text, bool isValid) => isValid ? text : throw ScimException.InvalidValue($"{name}: must be {Form(name)}.");

    private static string Form(string name) => name switch
    {
        "after" => "what an answer gave as next",
        "failed" => "true or false",
        "resource" => "the id of a user or group",
        _ => "the 32 hexadecimal digits of a request's id",
    };
}
