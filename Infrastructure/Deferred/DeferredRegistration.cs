using Microsoft.Extensions.DependencyInjection;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>Registers what carries requests out later.</summary>
public static class DeferredRegistration
{
    public static IServiceCollection AddDeferredWork(this IServiceCollection services) => services
        .AddHostedService<DeferredWork>()
        .AddHostedService<DeferredPurge>();
}
