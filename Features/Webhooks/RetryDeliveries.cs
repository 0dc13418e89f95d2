using System.Globalization;
using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Webhooks;

/// <summary>POST /api/v1/webhooks/{id}/redeliver: has a webhook send at once what it has not delivered, what was given up included; <c>webhook redeliver ORG WEBHOOK_ID</c> on the command line.</summary>
public static class RetryDeliveries
{
    private const string Counted = "deliveries";

    private static readonly ApiParameter.Number OfEvent = new("position", "The position of the one event that is meant; without it all.", 1);

    public static ApiOperation Operation { get; } = new(nameof(RetryDeliveries), "Has a webhook send at once what it has not delivered, what was given up included")
    {
        Parameters = [new ApiParameter.Text("id", "The webhook's id.") { Place = ParameterPlace.Path }, OfEvent],
        Answer = CountAnswer.Schema("DeliveryCount", Counted, "How many are sent again."),
        Others = new Dictionary<int, string> { [404] = "There is no such webhook, or it has no delivery of this event." },
    };

    public static Command From(ApiRequest request) => new(null, request.Id, request.NumberIfGiven(OfEvent));

    /// <param name="Organization">Whose webhook it is; null for the organization that the request acts on.</param>
    /// <param name="Position">The one event that is meant; null for all.</param>
    public sealed record Command(string? Organization, string WebhookId, long? Position) : ICommand<CountAnswer>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization current, TimeProvider clock) : ICommandHandler<Command, CountAnswer>
    {
        public async ValueTask<CountAnswer> Handle(Command command, CancellationToken cancellationToken)
        {
            var organizationId = command.Organization is null ? current.Id : (await OrganizationRow.FindAsync(storage, command.Organization)).Id;
            var key = new { organizationId, command.WebhookId, command.Position, now = DateTimeValue.Format(clock.GetUtcNow()) };

            // The webhook first, as whoever works on it does.
            if (await storage.Connection.ExecuteAsync("update webhooks set failures = 0, next_at = '' where organization_id = @organizationId and id = @WebhookId", key) == 0)
            {
                throw ScimException.NotFound($"There is no webhook '{Excerpt.Of(command.WebhookId)}'.");
            }

            var only = command.Position is null ? "" : " and position = @Position";
            var count = await storage.Connection.ExecuteAsync(
                $"""
                update webhook_deliveries set dead_at = null, attempts = 0, next_at = @now
                where organization_id = @organizationId and webhook_id = @WebhookId{only}
                """,
                key);
            return command.Position is { } position && count == 0
                ? throw ScimException.NotFound(string.Create(CultureInfo.InvariantCulture, $"This webhook has no delivery of event {position}."))
                : new CountAnswer(Counted, count);
        }
    }
}
