using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Infrastructure.Outbound;

namespace ScimSlice.Infrastructure.OAuth;

/// <summary>Registers what gives clients access tokens.</summary>
public static class OAuthRegistration
{
    /// <param name="allowed">Networks that are connected to although they are not public.</param>
    public static IServiceCollection AddOAuth(this IServiceCollection services, AccessTokenLifetime lifetime, IReadOnlyList<IPNetwork> allowed) => services
        .AddSingleton(lifetime)
        .AddSingleton(new AddressGuard(allowed))
        .AddSingleton<OutboundClient>()
        .AddSingleton<SigningKeys>()
        .AddSingleton<AssertionCheck>();
}
