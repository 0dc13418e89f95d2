using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary><c>webhook remove ORG WEBHOOK_ID</c>: removes a webhook with its secrets and with what it has not delivered.</summary>
public static class RemoveWebhook
{
    public sealed record Command(string Organization, string WebhookId) : ICommand<WebhookRow>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, AuditTrail trail) : ICommandHandler<Command, WebhookRow>
    {
        public async ValueTask<WebhookRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var webhook = await WebhookTable.FindAsync(storage, organization, command.WebhookId);
            await storage.Connection.ExecuteAsync("delete from webhooks where organization_id = @OrganizationId and id = @Id", webhook);
            trail.Changed(organization.Id, "Webhook", webhook.Id);
            return webhook;
        }
    }
}
