using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary><c>webhook list ORG</c>: an organization's webhooks, oldest first, how far each is and what waits.</summary>
public static class ListWebhooks
{
    public sealed record Query(string Organization) : IQuery<Result>;

    /// <param name="Last">The position of the organization's last event.</param>
    /// <param name="Waiting">Deliveries that are tried again, by webhook.</param>
    /// <param name="Dead">Deliveries that were given up, by webhook.</param>
    public sealed record Result(OrganizationRow Organization, IReadOnlyList<WebhookRow> Webhooks, long Last, IReadOnlyDictionary<string, long> Waiting, IReadOnlyDictionary<string, long> Dead);

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage) : IQueryHandler<Query, Result>
    {
        public async ValueTask<Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, query.Organization);
            var key = new { organizationId = organization.Id };
            var webhooks = await storage.Connection.QueryAsync<WebhookRow>(
                $"select {WebhookRow.Columns} from webhooks w where w.organization_id = @organizationId order by w.created_at, w.id", key);
            var last = await storage.Connection.ExecuteScalarAsync<long>("select coalesce(max(e.position), 0) from events e where e.organization_id = @organizationId", key);
            var counts = (await storage.Connection.QueryAsync<Count>(
                """
                select d.webhook_id, sum(case when d.dead_at is null then 1 else 0 end) as waiting, sum(case when d.dead_at is null then 0 else 1 end) as dead
                from webhook_deliveries d where d.organization_id = @organizationId group by d.webhook_id
                """,
                key)).AsList();
            return new Result(organization, [.. webhooks], last, counts.ToDictionary(count => count.WebhookId, count => count.Waiting), counts.ToDictionary(count => count.WebhookId, count => count.Dead));
        }
    }

    private sealed record Count
    {
        public required string WebhookId { get; init; }

        public required long Waiting { get; init; }

        public required long Dead { get; init; }
    }
}
