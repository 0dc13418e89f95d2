using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Webhooks;

namespace ScimSlice.Features.Webhooks;

/// <summary>A webhook and a new secret of it, which is shown this once.</summary>
public sealed record IssuedWebhook(OrganizationRow Organization, WebhookRow Webhook, string? Secret);
