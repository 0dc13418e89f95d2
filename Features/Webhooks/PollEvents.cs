using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>POST /api/v1/webhooks/{id}/poll: fetches events as security event tokens, and says which of those before were dealt with. RFC 8936 §2.</summary>
public static class PollEvents
{
    /// <summary>Tokens of one answer, however many are asked for.</summary>
    public const int MaxTokens = 100;

    /// <summary>Events that the receiver has not said it has; beyond that no others are given out.</summary>
    public const int MaxOutstanding = 1000;

    /// <summary>Characters of values after which an answer ends.</summary>
    private const int MaxLength = 1024 * 1024;

    /// <summary>Steps of looking for events of the types that are wanted, in one request.</summary>
    private const int MaxSteps = 20;

    /// <summary>After this what was given out is given out again, unless the receiver says it has it.</summary>
    public static readonly TimeSpan Resend = TimeSpan.FromSeconds(60);

    public static ApiOperation Operation { get; } = new(nameof(PollEvents), "Fetches events as security event tokens, and says which of those before were dealt with")
    {
        Description = "RFC 8936. Where there is nothing it waits a while, unless returnImmediately says otherwise. What is not acknowledged is given out again.",
        Parameters = [new ApiParameter.Text("id", "The id of an endpoint that was made for polling.") { Place = ParameterPlace.Path }],
        Body = AskedTokens.Schema,
        Answer = FetchedTokens.Schema,
        Others = new Dictionary<int, string>
        {
            [404] = "There is no such endpoint for polling.",
            [408] = "The body did not arrive in time.",
            [409] = "The endpoint is disabled.",
            [413] = "The body is too large.",
            [415] = "The body is no JSON in UTF-8.",
        },
    };

    public static Command From(ApiRequest request) => new(request.Id, AskedTokens.Read(request.Body), request.Urls);

    /// <param name="WebhookId">The id of an endpoint that was made for polling.</param>
    public sealed record Command(string WebhookId, AskedTokens Asked, PublicUrls Urls) : IPollCommand<FetchedTokens>, IPrepared
    {
        public bool Waits => !Asked.ReturnImmediately && Asked.MaxEvents > 0;

        public IPollCommand<FetchedTokens> Again() => this with { Asked = Asked with { Acknowledged = [], Refused = [] } };
    }

    /// <summary>The request was checked as it was read; an id that no endpoint has is 404.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(IDatabase database, StorageSession storage, CurrentOrganization organization, TimeProvider clock) : ICommandHandler<Command, FetchedTokens>
    {
        private readonly string now = DateTimeValue.Format(clock.GetUtcNow());

        public async ValueTask<FetchedTokens> Handle(Command command, CancellationToken cancellationToken)
        {
            var (asked, id) = (command.Asked, command.WebhookId);
            await EventOrder.PlaceAsync(database, storage, organization.Id, cancellationToken);
            var found = Served(await PollTable.FindAsync(storage, organization.Id, id));
            var says = asked.Acknowledged.Count + asked.Refused.Count > 0;
            if (!says && (asked.MaxEvents == 0 || !await PollTable.HasDueAsync(storage, found, now, MaxOutstanding)))
            {
                return FetchedTokens.Nothing;
            }

            await storage.TurnAsync(cancellationToken);
            var webhook = Served(await PollTable.FindHeldAsync(storage, organization.Id, id));
            await NoteAsync(webhook, asked);
            var count = Math.Min(asked.MaxEvents, MaxTokens);
            return count == 0 ? FetchedTokens.Nothing with { HasMore = await PollTable.HasDueAsync(storage, webhook, now, MaxOutstanding) } : await FetchAsync(webhook, count, command.Urls);
        }

        private static WebhookRow Served(WebhookRow? webhook) => webhook switch
        {
            null => throw ScimException.NotFound("There is no such endpoint for polling."),
            { DisabledAt: not null } => throw ScimException.Conflict("This endpoint is disabled; 'webhook enable' goes on where it is."),
            _ => webhook,
        };

        private async Task NoteAsync(WebhookRow webhook, AskedTokens asked)
        {
            await PollTable.AcknowledgeAsync(storage, webhook, asked.Acknowledged.Select(id => ChangeEvent.PositionIn(id, organization.Id)).OfType<long>());
            foreach (var (id, error) in asked.Refused)
            {
                if (ChangeEvent.PositionIn(id, organization.Id) is { } position)
                {
                    await PollTable.RefuseAsync(storage, webhook, position, $"The receiver does not take it ({error}).", now);
                }
            }
        }

        private async Task<FetchedTokens> FetchAsync(WebhookRow webhook, int count, PublicUrls urls)
        {
            var taken = await TakeAsync(webhook, count);
            var due = await PollTable.DueAsync(storage, taken, now, count, MaxLength);
            foreach (var (position, _) in due.Where(row => row.Told is null))
            {
                await PollTable.RefuseAsync(storage, taken, position, "The event is not kept any more.", now);
            }

            var events = due.Select(row => row.Told).OfType<ChangeEvent>().ToArray();
            await PollTable.GiveOutAsync(storage, taken, events.Select(told => told.Position), DateTimeValue.Format(clock.GetUtcNow() + Resend));
            if (events.Length == 0)
            {
                return FetchedTokens.Nothing with { HasMore = await PollTable.HasDueAsync(storage, taken, now, MaxOutstanding) };
            }

            var names = await ExternalIds.OfAsync(storage, organization.Id, events);
            var audience = webhook.Audience ?? $"{urls.ApiUrl}/webhooks/{webhook.Id}/poll";
            return new FetchedTokens(
                await TokenIssuer.OpenAsync(storage, organization.Id, urls, clock), audience, webhook.Mode != TokenMode.Notice, events, names)
            {
                HasMore = await PollTable.HasDueAsync(storage, taken, now, MaxOutstanding),
            };
        }

        /// <summary>Notes new events of the types that are wanted, so many that there is enough to give out.</summary>
        private async Task<WebhookRow> TakeAsync(WebhookRow webhook, int count)
        {
            var room = MaxOutstanding - await PollTable.OutstandingAsync(storage, webhook);
            for (var (step, wanted) = (0, (int)Math.Min(count, room)); step < MaxSteps && wanted > 0; step++)
            {
                var events = await WebhookTable.EventsAsync(storage, webhook, Math.Max(wanted, MaxTokens), MaxLength);
                if (events.Count == 0)
                {
                    break;
                }

                if (events[0].Position != webhook.Position + 1)
                {
                    await WebhookTable.PutAsync(storage.Connection, organization.Id, DeliveryRow.Lost(webhook.Id, webhook.Position + 1, events[0].Position - 1, now));
                }

                var chosen = events.Where(told => webhook.Wants(told)).Take(wanted).ToArray();
                var position = chosen.Length == wanted ? chosen[^1].Position : events[^1].Position;
                await PollTable.TakeAsync(storage, webhook, chosen, position, now);
                webhook = webhook with { Position = position };
                wanted -= chosen.Length;
            }

            return webhook;
        }
    }
}
