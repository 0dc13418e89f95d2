using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Events;

namespace ScimSlice.Infrastructure.Audit;

/// <summary>Registers what records who did what.</summary>
public static class AuditRegistration
{
    /// <param name="otherwise">Who acts where no token says so.</param>
    public static IServiceCollection AddAudit(this IServiceCollection services, Actor otherwise) => services
        .AddSingleton(otherwise)
        .AddSingleton<RequestLog>()
        .AddSingleton<EventSignal>()
        .AddScoped<AuditTrail>();

    /// <summary>Registers what a server does beside its requests.</summary>
    public static IServiceCollection AddAuditWork(this IServiceCollection services) => services
        .AddHostedService(provider => provider.GetRequiredService<RequestLog>())
        .AddHostedService<AuditPurge>()
        .AddHostedService<ReadsPurge>()
        .AddHostedService<EventPurge>()
        .AddSingleton<AcknowledgementWatch>()
        .AddHostedService(provider => provider.GetRequiredService<AcknowledgementWatch>());
}
