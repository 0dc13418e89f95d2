using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class RevokeTokenTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_revoked_token_keeps_its_row_and_the_time_of_its_first_revocation()
    {
        var client = await host.CreateOrganizationAsync();

        var first = await host.SendAsync(new RevokeToken.Command(client.Organization, client.TokenId));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await host.SendAsync(new RevokeToken.Command(client.Organization, client.TokenId));

        first.RevokedAt.Should().NotBeNull();
        second.RevokedAt.Should().Be(first.RevokedAt);
        (await host.SendAsync(new ListTokens.Query(client.Organization))).Tokens.Single().RevokedAt.Should().Be(first.RevokedAt);
        await Eventually.BeAsync(async () => (await client.GetAsync("/Users")).Status == 401);
    }

    [Fact]
    public async Task A_token_is_revoked_by_its_own_organization_only()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();

        var foreign = () => host.SendAsync(new RevokeToken.Command(other.Organization, client.TokenId));
        var unknown = () => host.SendAsync(new RevokeToken.Command(client.Organization, "unknown"));
        var nowhere = () => host.SendAsync(new RevokeToken.Command("unknown", client.TokenId));

        (await foreign.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        (await unknown.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        (await nowhere.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        (await client.GetAsync("/Users")).Status.Should().Be(200);
    }
}
