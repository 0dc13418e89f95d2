using System.Globalization;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class IssueTokenTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_token_opens_its_organization_at_once()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var issued = await host.SendAsync(new IssueToken.Command(client.Organization, "okta", TokenScope.Write, null));

        issued.Secret.Should().StartWith("scimslice_");
        issued.Token.Should().BeEquivalentTo(new { Name = "okta", Scope = "write", ExpiresAt = (string?)null, LastUsedAt = (string?)null, RevokedAt = (string?)null });
        (await host.CreateClient($"Bearer {issued.Secret}").GetAsync("/Users")).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task Several_tokens_live_side_by_side_and_differ()
    {
        var client = await host.CreateOrganizationAsync();

        var issued = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.SendAsync(new IssueToken.Command(client.Organization, "okta", TokenScope.Write, null))));

        issued.Select(token => token.Secret).Should().OnlyHaveUniqueItems();
        issued.Select(token => token.Token.Id).Should().OnlyHaveUniqueItems();
        foreach (var token in issued)
        {
            (await host.CreateClient($"Bearer {token.Secret}").GetAsync("/Users")).Status.Should().Be(200);
        }
    }

    [Fact]
    public async Task A_lifetime_makes_an_end()
    {
        var client = await host.CreateOrganizationAsync();

        var issued = await host.SendAsync(new IssueToken.Command(client.Organization, "okta", TokenScope.Read, TimeSpan.FromDays(365)));

        issued.Token.Scope.Should().Be("read");
        (DateTimeOffset.Parse(issued.Token.ExpiresAt!, CultureInfo.InvariantCulture) - DateTimeOffset.Parse(issued.Token.CreatedAt, CultureInfo.InvariantCulture))
            .Should().Be(TimeSpan.FromDays(365));
    }

    [Theory]
    [InlineData("unknown", "okta", 1, 404)]
    [InlineData(null, "", 1, 400)]
    [InlineData(null, "okta\u001b[2J", 1, 400)]
    [InlineData(null, " okta", 1, 400)]
    [InlineData(null, "okta", 0, 400)]
    [InlineData(null, "okta", -1, 400)]
    public async Task What_makes_no_token_is_refused(string? organization, string name, int days, int status)
    {
        var client = await host.CreateOrganizationAsync();

        var issuing = () => host.SendAsync(new IssueToken.Command(organization ?? client.Organization, name, TokenScope.Write, TimeSpan.FromDays(days)));

        (await issuing.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(status);
        (await host.SendAsync(new ListTokens.Query(client.Organization))).Tokens.Should().ContainSingle();
    }
}
