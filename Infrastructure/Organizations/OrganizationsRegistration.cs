using Microsoft.Extensions.DependencyInjection;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>Registers what tells organizations apart.</summary>
public static class OrganizationsRegistration
{
    public static IServiceCollection AddOrganizations(this IServiceCollection services, RetentionTime retention) => services
        .AddSingleton(retention)
        .AddSingleton<TokenDirectory>()
        .AddScoped<CurrentOrganization>();
}
