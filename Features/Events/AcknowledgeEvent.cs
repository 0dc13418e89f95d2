using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Events;

/// <summary>POST /api/v1/events/{id}/ack: the application says that what an event tells is in effect there.</summary>
public static class AcknowledgeEvent
{
    public static ApiOperation Operation { get; } = new(nameof(AcknowledgeEvent), "Says that what an event tells is in effect in the application; the first time counts")
    {
        Parameters = [new ApiParameter.Text("id", "The event's id.") { Place = ParameterPlace.Path }],
        Answer = EventAnswer.Schema,
        Others = new Dictionary<int, string> { [404] = "There is no such event." },
    };

    public static Command From(ApiRequest request) => new(request.Id);

    /// <param name="Id">The event's id.</param>
    public sealed record Command(string Id) : ICommand<EventAnswer>;

    /// <summary>Any id may be named; one that no event has is 404, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, TimeProvider clock) : ICommandHandler<Command, EventAnswer>
    {
        public async ValueTask<EventAnswer> Handle(Command command, CancellationToken cancellationToken)
        {
            var position = ChangeEvent.PositionIn(command.Id, organization.Id);
            var key = new { organizationId = organization.Id, position, now = DateTimeValue.Format(clock.GetUtcNow()) };

            // The first time counts.
            var isFirst = await storage.Connection.ExecuteAsync(
                "update events set acknowledged_at = @now where organization_id = @organizationId and position = @position and acknowledged_at is null", key) == 1;
            var told = await storage.Connection.QuerySingleOrDefaultAsync<ChangeEvent>(
                $"select {ChangeEvent.Columns} from events e where e.organization_id = @organizationId and e.position = @position", key)
                ?? throw ScimException.NotFound("There is no such event.");
            return new EventAnswer(told, isFirst ? Acknowledgement.LatencyOf(told, key.now) : null);
        }
    }
}
