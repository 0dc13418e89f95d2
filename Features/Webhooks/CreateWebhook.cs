using System.Text.Json;
using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary><c>webhook create ORG --url URL</c>: has an organization's events sent to an endpoint from now on, signed with a secret that is shown this once, or as security event tokens.</summary>
public static class CreateWebhook
{
    /// <summary>Webhooks of one organization, disabled ones included.</summary>
    public const int MaxWebhooks = 20;

    private const int MaxUrlLength = 2000;

    /// <param name="Url">Where events are sent; null where they are fetched.</param>
    /// <param name="Types">Types of events, or what they begin with and a star (<c>user.*</c>); empty for all.</param>
    /// <param name="Delivery">One of <see cref="DeliveryMethod"/>.</param>
    /// <param name="Audience">Whom security event tokens are for (their <c>aud</c>); null for the URL.</param>
    /// <param name="Mode">One of <see cref="TokenMode"/>; null for values.</param>
    public sealed record Command(string Organization, string? Url, IReadOnlyList<string> Types, string Delivery = DeliveryMethod.Webhook, string? Audience = null, string? Mode = null) : ICommand<IssuedWebhook>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(command => command.Delivery).Must(DeliveryMethod.All.Contains).WithMessage($"Events are delivered by {string.Join(", ", DeliveryMethod.All)}.");
            RuleFor(command => command.Url).Must(url => url is { Length: <= MaxUrlLength } && !url.Any(char.IsControl) && Uri.TryCreate(url, UriKind.Absolute, out _))
                .When(command => command.Delivery != DeliveryMethod.Poll).WithMessage($"A webhook's URL is a whole one with {MaxUrlLength} characters at most.");
            RuleFor(command => command.Url).Null().When(command => command.Delivery == DeliveryMethod.Poll).WithMessage("Events that are polled are sent to no URL; leave it out.");
            RuleFor(command => command.Audience).Must(audience => audience is null || (audience is { Length: > 0 and <= MaxUrlLength } && !audience.Any(char.IsControl))).WithMessage($"An audience has 1 to {MaxUrlLength} characters.");
            RuleFor(command => command.Mode).Must(mode => mode is null || TokenMode.All.Contains(mode)).WithMessage($"Tokens hold values or names: {string.Join(", ", TokenMode.All)}.");
            RuleFor(command => command).Must(command => command.Audience is null && command.Mode is null)
                .When(command => command.Delivery == DeliveryMethod.Webhook).WithMessage("Audience and mode are of security event tokens: push or poll.");
            RuleForEach(command => command.Types).Must(type => Matching(type).Any())
                .WithMessage($"There is no type of events '{{PropertyValue}}'; {string.Join(", ", EventTypes.All)}, user.* and group.*.");
        }
    }

    internal sealed class Handler(StorageSession storage, OutboundClient outbound, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, IssuedWebhook>
    {
        public async ValueTask<IssuedWebhook> Handle(Command command, CancellationToken cancellationToken)
        {
            if (command.Url is not null && outbound.Fault(new Uri(command.Url)) is { } unfit)
            {
                throw ScimException.InvalidValue(unfit);
            }

            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            organization = await OrganizationRow.FindLockedAsync(storage, organization.Id);
            var key = new { organizationId = organization.Id };
            if (await storage.Connection.ExecuteScalarAsync<long>("select count(*) from webhooks where organization_id = @organizationId", key) >= MaxWebhooks)
            {
                throw ScimException.Conflict($"An organization has at most {MaxWebhooks} webhooks; 'webhook remove' removes one.");
            }

            var now = clock.GetUtcNow();
            var time = DateTimeValue.Format(now);
            var webhook = new WebhookRow
            {
                OrganizationId = organization.Id,
                Id = ResourceId.Create(now),
                Url = command.Url ?? "",
                Types = command.Types.Count == 0 ? null : JsonSerializer.Serialize(EventTypes.All.Where(type => command.Types.SelectMany(Matching).Contains(type))),
                CreatedAt = time,
                Position = await EventOrder.PlaceAsync(storage, organization.Id),
                NextAt = "",
                LeasedUntil = "",
                Delivery = command.Delivery,
                Audience = command.Audience,
                Mode = command.Delivery == DeliveryMethod.Webhook ? null : command.Mode ?? TokenMode.Full,
            };
            await storage.Connection.ExecuteAsync(
                """
                insert into webhooks (organization_id, id, url, types, created_at, position, failures, next_at, leased_until, delivery, audience, mode)
                values (@OrganizationId, @Id, @Url, @Types, @CreatedAt, @Position, @Failures, @NextAt, @LeasedUntil, @Delivery, @Audience, @Mode)
                """,
                webhook);
            trail.Changed(organization.Id, "Webhook", webhook.Id);
            if (command.Delivery != DeliveryMethod.Webhook)
            {
                await IssuerKeyTable.EnsureAsync(storage, organization.Id, now);
                return new IssuedWebhook(organization, webhook, null);
            }

            var secret = WebhookSecret.Create();
            await WebhookTable.InsertSecretAsync(storage, webhook, ResourceId.Create(now), secret, time);
            return new IssuedWebhook(organization, webhook, WebhookSecret.Show(secret));
        }
    }

    private static IEnumerable<string> Matching(string type) => type.EndsWith(".*", StringComparison.Ordinal)
        ? EventTypes.All.Where(known => known.StartsWith(type[..^1], StringComparison.Ordinal))
        : EventTypes.All.Where(known => known == type);
}
