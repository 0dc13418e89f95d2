using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary><c>webhook enable ORG WEBHOOK_ID</c>, <c>webhook disable ORG WEBHOOK_ID</c>: has a webhook served again at once, from where it was, or no longer.</summary>
public static class EnableWebhook
{
    /// <param name="Enabled">Whether it is served from now on.</param>
    public sealed record Command(string Organization, string WebhookId, bool Enabled) : ICommand<WebhookRow>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, WebhookRow>
    {
        public async ValueTask<WebhookRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var webhook = await WebhookTable.FindAsync(storage, organization, command.WebhookId);
            var now = DateTimeValue.Format(clock.GetUtcNow());
            if (command.Enabled)
            {
                await storage.Connection.ExecuteAsync(
                    "update webhooks set disabled_at = null, disabled_why = null, failures = 0, next_at = '' where organization_id = @OrganizationId and id = @Id",
                    new { webhook.OrganizationId, webhook.Id, now });
            }
            else
            {
                await WebhookTable.DisableAsync(storage.Connection, organization.Id, webhook.Id, now, "It was disabled by command.");
            }

            trail.Changed(organization.Id, "Webhook", webhook.Id);
            return await WebhookTable.FindAsync(storage, organization, webhook.Id);
        }
    }
}
