using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>GET /api/v1/deliveries: what could not be delivered to webhooks and is tried again, or was given up; <c>webhook dead ORG</c> on the command line.</summary>
public static class ListDeliveries
{
    /// <summary>Deliveries of one answer.</summary>
    public const int MaxDeliveries = 1000;

    private const int UsualDeliveries = 100;

    public static Query From(ApiRequest request) => new(
        null, request.Text("webhook"), request.Flag("dead"), request.Number("after", 0, 0, long.MaxValue), (int)request.Number("limit", UsualDeliveries, 1, MaxDeliveries));

    /// <param name="Organization">Whose they are; null for the organization that the request acts on.</param>
    /// <param name="WebhookId">The webhook's id; null for all.</param>
    /// <param name="Dead">Whether those are asked for that were given up, or those that are tried again; null for both.</param>
    /// <param name="After">The position after which they begin.</param>
    public sealed record Query(string? Organization, string? WebhookId, bool? Dead, long After, int Limit) : IQuery<DeliveryPage>;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxDeliveries).WithMessage($"--limit is 1 to {MaxDeliveries}.");
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization current) : IQueryHandler<Query, DeliveryPage>
    {
        public async ValueTask<DeliveryPage> Handle(Query query, CancellationToken cancellationToken)
        {
            var organizationId = query.Organization is null ? current.Id : (await OrganizationRow.FindAsync(storage, query.Organization)).Id;
            var where = "d.organization_id = @organizationId and d.position > @After";
            if (query.WebhookId is not null)
            {
                where += " and d.webhook_id = @WebhookId";
            }

            if (query.Dead is not null)
            {
                where += query.Dead.Value ? " and d.dead_at is not null" : " and d.dead_at is null";
            }

            var rows = await storage.Connection.QueryAsync<DeliveryRow>(
                $"select {DeliveryRow.Columns} from webhook_deliveries d where {where} order by d.position, d.webhook_id limit @Limit",
                new { organizationId, query.WebhookId, query.After, query.Limit });
            return new DeliveryPage([.. rows]);
        }
    }
}
