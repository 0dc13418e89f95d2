using Microsoft.Extensions.DependencyInjection;

namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>Registers what sends events to webhooks.</summary>
public static class WebhookRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, WebhookSettings settings) => services
        .AddSingleton(settings)
        .AddHostedService<WebhookWork>();
}
