using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>GET /api/v1/deliveries: what could not be delivered to webhooks and is tried again, or was given up; <c>webhook dead ORG</c> on the command line.</summary>
public static class ListDeliveries
{
    /// <summary>Deliveries of one answer.</summary>
    public const int MaxDeliveries = 1000;

    private static readonly ApiParameter.Text Webhook = new("webhook", "The id of the webhook whose deliveries are asked for; without it those of all.");
    private static readonly ApiParameter.Flag IsDead = new("dead", "Whether those are asked for that were given up, or those that are tried again; without it both.");
    private static readonly ApiParameter.Text AfterPlace = new("after", "What the answer before gave as next, or a position; nothing for the first.", DeliveryPlace.Form);
    private static readonly ApiParameter.Number Most = new("limit", "Deliveries of one answer.", 1, MaxDeliveries, Usual: 100);

    public static ApiOperation Operation { get; } = new(nameof(ListDeliveries), "What could not be delivered to webhooks and is tried again, or was given up")
    {
        Parameters = [Webhook, IsDead, AfterPlace, Most],
        Answer = DeliveryPage.Schema,
    };

    public static Query From(ApiRequest request) => new(null, request.Text(Webhook), request.Flag(IsDead), DeliveryPlace.Parse(request.Text(AfterPlace)), (int)request.Number(Most));

    /// <param name="Organization">Whose they are; null for the organization that the request acts on.</param>
    /// <param name="WebhookId">The webhook's id; null for all.</param>
    /// <param name="Dead">Whether those are asked for that were given up, or those that are tried again; null for both.</param>
    /// <param name="After">Where they begin; null for the first.</param>
    public sealed record Query(string? Organization, string? WebhookId, bool? Dead, DeliveryPlace? After, int Limit) : IQuery<DeliveryPage>;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxDeliveries).WithMessage($"--limit is 1 to {MaxDeliveries}.");
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization current) : IQueryHandler<Query, DeliveryPage>
    {
        public async ValueTask<DeliveryPage> Handle(Query query, CancellationToken cancellationToken)
        {
            var organizationId = query.Organization is null ? current.Id : (await OrganizationRow.FindAsync(storage, query.Organization)).Id;
            var where = "d.organization_id = @organizationId and (d.position, d.webhook_id) > (@position, @webhook)";
            if (query.WebhookId is not null)
            {
                where += " and d.webhook_id = @WebhookId";
            }

            if (query.Dead is not null)
            {
                where += query.Dead.Value ? " and d.dead_at is not null" : " and d.dead_at is null";
            }

            var rows = (await storage.Connection.QueryAsync<DeliveryRow>(
                $"select {DeliveryRow.Columns} from webhook_deliveries d where {where} order by d.position, d.webhook_id limit @count",
                new { organizationId, query.WebhookId, position = query.After?.Position ?? 0, webhook = query.After?.WebhookId ?? "", count = query.Limit + 1 })).AsList();
            return new DeliveryPage(rows.Count > query.Limit ? rows[..query.Limit] : rows, rows.Count > query.Limit);
        }
    }
}
