using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Events;

/// <summary>GET /api/v1/unacknowledged: deactivations and deletions of users that the application has not said are in effect, oldest first.</summary>
public static class ListUnacknowledged
{
    /// <summary>Events of one answer.</summary>
    public const int MaxEvents = 1000;

    private static readonly ApiParameter.Number After = new("after", "The position after which they begin.", Usual: 0);
    private static readonly ApiParameter.Number Limit = new("limit", "Events of one answer.", 1, MaxEvents, Usual: 100);

    public static ApiOperation Operation { get; } = new(nameof(ListUnacknowledged), "Deactivations and deletions of users that the application has not said are in effect, oldest first")
    {
        Parameters = [After, Limit],
        Answer = EventPage.Schema,
    };

    public static Query From(ApiRequest request) => new(null, request.Number(After), (int)request.Number(Limit));

    /// <param name="Organization">Whose they are; null for the organization that the request acts on.</param>
    public sealed record Query(string? Organization, long After, int Limit) : IQuery<EventPage>;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxEvents).WithMessage($"--limit is 1 to {MaxEvents}.");
    }

    internal sealed class Handler(IDatabase database, StorageSession storage, CurrentOrganization current) : IQueryHandler<Query, EventPage>
    {
        public async ValueTask<EventPage> Handle(Query query, CancellationToken cancellationToken)
        {
            var organizationId = query.Organization is null ? current.Id : (await OrganizationRow.FindAsync(storage, query.Organization)).Id;
            await EventOrder.PlaceAsync(database, storage, organizationId, cancellationToken);
            return await EventPage.ReadAsync(
                storage.Connection.QueryUnbufferedAsync<ChangeEvent>(
                    $"""
                    select {ChangeEvent.Columns} from events e
                    where e.organization_id = @organizationId and e.position > @After and {Acknowledgement.IsOutstanding}
                    order by e.position limit @count
                    """,
                    new { organizationId, query.After, count = query.Limit + 1 }),
                query.After,
                query.Limit,
                cancellationToken);
        }
    }
}
