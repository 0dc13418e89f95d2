using System.Globalization;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class ListTokensTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task An_organization_s_tokens_are_listed_oldest_first_without_their_secrets()
    {
        var first = await host.CreateOrganizationAsync();
        await host.CreateOrganizationAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await host.CreateTokenAsync(first.Organization);

        var result = await host.SendAsync(new ListTokens.Query(first.Organization));

        result.Organization.Name.Should().Be(first.Organization);
        result.Tokens.Select(token => token.Id).Should().Equal(first.TokenId, second.TokenId);
        string.Concat(result.Tokens).Should().NotContain(first.Authorization!["Bearer ".Length..]);
    }

    [Fact]
    public async Task A_first_use_shows_soon_and_a_refused_use_never()
    {
        var used = await host.CreateOrganizationAsync();
        var unused = await host.CreateTokenAsync(used.Organization);
        var before = host.Clock.GetUtcNow();

        await used.GetAsync("/Users");
        await host.CreateClient($"{unused.Authorization}x").GetAsync("/Users");
        await Eventually.BeAsync(async () => (await TokenAsync(used)).LastUsedAt is not null);

        DateTimeOffset.Parse((await TokenAsync(used)).LastUsedAt!, CultureInfo.InvariantCulture).Should().BeOnOrAfter(before.AddSeconds(-1));
        (await TokenAsync(unused)).LastUsedAt.Should().BeNull();
    }

    [Fact]
    public async Task A_later_use_shows_when_a_minute_has_passed()
    {
        var client = await host.CreateOrganizationAsync();
        await client.GetAsync("/Users");
        await Eventually.BeAsync(async () => (await TokenAsync(client)).LastUsedAt is not null);
        var first = (await TokenAsync(client)).LastUsedAt!;

        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await client.GetAsync("/Users");
        await Eventually.BeAsync(async () => (await TokenAsync(client)).LastUsedAt != first);

        string.CompareOrdinal((await TokenAsync(client)).LastUsedAt, first).Should().BePositive();
    }

    [Fact]
    public async Task An_unknown_organization_is_not_found()
    {
        var listing = () => host.SendAsync(new ListTokens.Query("unknown"));

        (await listing.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
    }

    private async Task<TokenRow> TokenAsync(ScimClient client) =>
        (await host.SendAsync(new ListTokens.Query(client.Organization))).Tokens.Single(token => token.Id == client.TokenId);
}
