using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary><c>webhook rotate ORG WEBHOOK_ID</c>: gives a webhook a new secret; those it had sign beside it for as long as the receiver needs to change.</summary>
public static class RotateWebhookSecret
{
    /// <param name="Overlap">How long the former secrets sign, too; 0 for no longer.</param>
    public sealed record Command(string Organization, string WebhookId, TimeSpan Overlap) : ICommand<IssuedWebhook>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Overlap).GreaterThanOrEqualTo(TimeSpan.Zero).WithMessage("Secrets overlap for some time, or for 0s.");
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, IssuedWebhook>
    {
        public async ValueTask<IssuedWebhook> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var webhook = await WebhookTable.FindAsync(storage, organization, command.WebhookId);
            if (webhook.Delivery != DeliveryMethod.Webhook)
            {
                throw ScimException.Conflict($"This webhook has no secret: its events are signed with the organization's key, which 'webhook rotate-key {organization.Name}' changes.");
            }

            var now = clock.GetUtcNow();
            var key = new { organizationId = organization.Id, webhookId = webhook.Id, now = DateTimeValue.Format(now), end = DateTimeValue.Format(now + command.Overlap) };
            await storage.Connection.ExecuteAsync(
                "delete from webhook_secrets where organization_id = @organizationId and webhook_id = @webhookId and expires_at is not null and expires_at <= @now", key);
            await storage.Connection.ExecuteAsync(
                "update webhook_secrets set expires_at = @end where organization_id = @organizationId and webhook_id = @webhookId and (expires_at is null or expires_at > @end)", key);
            var secret = WebhookSecret.Create();
            await WebhookTable.InsertSecretAsync(storage, webhook, ResourceId.Create(now), secret, key.now);
            trail.Changed(organization.Id, "Webhook", webhook.Id);
            return new IssuedWebhook(organization, webhook, WebhookSecret.Show(secret));
        }
    }
}
