using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Events;

/// <summary>GET /api/v1/events: what happened to the organization's resources after a position, in the order of the commits, each event exactly once.</summary>
public static class ListEvents
{
    /// <summary>Events of one answer.</summary>
    public const int MaxEvents = 1000;

    private static readonly ApiParameter.Number Limit = new("limit", "Events of one answer.", 1, MaxEvents, Usual: 100);

    public static ApiOperation Operation { get; } = new(nameof(ListEvents), "What happened after a position, in order, each event exactly once")
    {
        Description = "Answers at once, or with wait when an event comes, or stays open for who accepts text/event-stream. Whoever stores next together with what it made of the events misses none and takes none twice.",
        Parameters = [Limit],
        Answer = EventPage.Schema,
        Others = new Dictionary<int, string> { [410] = "Events after this position are not kept any more, or it was never given: begin anew with a snapshot." },
    };

    public static Query From(ApiRequest request, long after) => new(after, (int)request.Number(Limit));

    /// <param name="After">The position that the reader has come to; 0 for the beginning.</param>
    public sealed record Query(long After, int Limit) : IQuery<EventPage>;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(query => query.Limit).InclusiveBetween(1, MaxEvents);
    }

    internal sealed class Handler(IDatabase database, StorageSession storage, CurrentOrganization organization) : IQueryHandler<Query, EventPage>
    {
        public async ValueTask<EventPage> Handle(Query query, CancellationToken cancellationToken)
        {
            await EventOrder.PlaceAsync(database, storage, organization.Id, cancellationToken);
            var page = await EventPage.ReadAsync(
                storage.Connection.QueryUnbufferedAsync<ChangeEvent>(
                    $"select {ChangeEvent.Columns} from events e where e.organization_id = @organizationId and e.position > @After order by e.position limit @count",
                    new { organizationId = organization.Id, query.After, count = query.Limit + 1 }),
                query.After,
                query.Limit,
                cancellationToken);

            // Positions have no gaps, so one that does not follow on has lost those between, or belongs to another database.
            if (page.Events.Count > 0 ? page.Events[0].Position != query.After + 1 : query.After > await LastAsync())
            {
                throw ScimException.Gone(
                    $"Events after {query.After} are not kept any more, or this position was never given. Take a snapshot of /api/v1/users, /api/v1/groups and /api/v1/members, and go on from its position.");
            }

            return page;
        }

        private async Task<long> LastAsync() => await storage.Connection.ExecuteScalarAsync<long>(
            "select coalesce(max(e.position), 0) from events e where e.organization_id = @organizationId", new { organizationId = organization.Id });
    }
}
