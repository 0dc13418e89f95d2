using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Configuration;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>Registers what tells organizations apart.</summary>
public static class OrganizationsRegistration
{
    public static IServiceCollection AddOrganizations(this IServiceCollection services, RetentionTime retention, SchemaFolder schemas)
    {
        // Found by their type, so that a feature that brings tables of its own is exported without a list to be kept.
        foreach (var source in typeof(IResourceSource).Assembly.GetTypes().Where(type => type.IsClass && typeof(IResourceSource).IsAssignableFrom(type)))
        {
            services.AddSingleton(typeof(IResourceSource), source);
        }

        foreach (var part in typeof(IOrganizationPart).Assembly.GetTypes().Where(type => type.IsClass && typeof(IOrganizationPart).IsAssignableFrom(type)))
        {
            services.AddSingleton(typeof(IOrganizationPart), part);
        }

        return services
            .AddSingleton(retention)
            .AddSingleton(new SchemaCatalogue(schemas))
            .AddSingleton<TokenDirectory>()
            .AddSingleton<TokenExpiry>()
            .AddHostedService(services => services.GetRequiredService<TokenExpiry>())
            .AddScoped<CurrentOrganization>();
    }
}
