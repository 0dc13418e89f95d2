using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using ScimSlice.Features.OAuth;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Organizations;

public sealed class TokenExpiryTests
{
    [Fact]
    public async Task Tokens_about_to_expire_are_counted_until_they_are_revoked_or_gone()
    {
        var host = new ScimHost();
        await host.InitializeAsync();
        var client = await host.CreateOrganizationAsync();
        await host.CreateTokenAsync(client.Organization, lifetime: TimeSpan.FromDays(365));
        var month = await host.CreateTokenAsync(client.Organization, lifetime: TimeSpan.FromDays(29));
        await host.SendAsync(new CreateClient.Command(client.Organization, "entra", TokenScope.Write, TimeSpan.FromDays(6)));

        var first = await ExpiringAsync(host);
        host.Clock.Advance(TimeSpan.FromDays(5.5));
        var later = await ExpiringAsync(host);
        host.Clock.Advance(TimeSpan.FromDays(1));
        await host.SendAsync(new RevokeToken.Command(client.Organization, month.TokenId));
        var last = await ExpiringAsync(host);

        first.Should().Equal("60: 2", "30: 2", "7: 1", "1: 0");
        later.Should().Equal("60: 2", "30: 2", "7: 1", "1: 1");
        last.Should().Equal("60: 0", "30: 0", "7: 0", "1: 0");
        await host.DisposeAsync();
    }

    private static async Task<string[]> ExpiringAsync(ScimHost host)
    {
        var expiry = host.Services.GetRequiredService<TokenExpiry>();
        await expiry.CheckAsync(CancellationToken.None);
        return [.. expiry.Expiring.Select(measured => $"{measured.Tags[0].Value}: {measured.Value}")];
    }
}
