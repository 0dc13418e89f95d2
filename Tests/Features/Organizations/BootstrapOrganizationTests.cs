using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class BootstrapOrganizationTests
{
    private const string Secret = "a-secret-of-the-operator-0123456789";

    [Fact]
    public async Task An_empty_database_gets_the_organization_default_with_one_token()
    {
        await using var host = await StartedHost.StartAsync();

        var again = await host.Value.SendAsync(new BootstrapOrganization.Command(null, null));

        again.Should().BeNull();
        (await host.Value.SendAsync(new ListOrganizations.Query())).Select(row => row.Name).Should().Equal("default");
        (await host.Value.SendAsync(new ListTokens.Query("default"))).Tokens.Should().ContainSingle().Which.Scope.Should().Be("write");
    }

    [Fact]
    public async Task A_configured_organization_and_token_are_made_once()
    {
        await using var host = await StartedHost.StartAsync("--ScimSlice:Bootstrap:Organization", "acme", "--ScimSlice:Bootstrap:Token", Secret);
        var client = host.Value.CreateClient($"Bearer {Secret}");
        await client.CreateUserAsync("ana");

        await host.Value.RestartAsync();
        client = host.Value.CreateClient($"Bearer {Secret}");

        (await client.GetAsync("/Users")).UserNames.Should().Equal("ana");
        (await host.Value.SendAsync(new ListOrganizations.Query())).Select(row => row.Name).Should().Equal("acme");
        (await host.Value.SendAsync(new ListTokens.Query("acme"))).Tokens.Should().ContainSingle();
    }

    [Fact]
    public async Task A_configured_token_is_added_to_an_organization_that_exists()
    {
        await using var host = await StartedHost.StartAsync();
        var client = await host.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var issued = await host.Value.SendAsync(new BootstrapOrganization.Command(client.Organization.ToUpperInvariant(), Secret));

        issued.Should().BeNull();
        (await host.Value.CreateClient($"Bearer {Secret}").GetAsync("/Users")).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task A_revoked_bootstrap_token_stays_revoked()
    {
        await using var host = await StartedHost.StartAsync("--ScimSlice:Bootstrap:Token", Secret);
        var token = (await host.Value.SendAsync(new ListTokens.Query("default"))).Tokens.Single();
        await host.Value.SendAsync(new RevokeToken.Command("default", token.Id));

        await host.Value.RestartAsync();

        (await host.Value.CreateClient($"Bearer {Secret}").GetAsync("/Users")).ShouldBeError(401);
    }

    [Fact]
    public async Task One_secret_does_not_open_two_organizations()
    {
        await using var host = await StartedHost.StartAsync("--ScimSlice:Bootstrap:Organization", "acme", "--ScimSlice:Bootstrap:Token", Secret);

        var bootstrapping = () => host.Value.SendAsync(new BootstrapOrganization.Command("other", Secret));

        (await bootstrapping.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(409);
        (await host.Value.SendAsync(new ListOrganizations.Query())).Select(row => row.Name).Should().Equal("acme");
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("1234567890123456789012345678901")]
    public async Task A_token_of_fewer_than_32_characters_is_refused(string secret)
    {
        await using var host = await StartedHost.StartAsync();

        var bootstrapping = () => host.Value.SendAsync(new BootstrapOrganization.Command("acme", secret));

        (await bootstrapping.Should().ThrowAsync<ScimException>()).Which.ScimType.Should().Be("invalidValue");
        (await host.Value.SendAsync(new ListOrganizations.Query())).Select(row => row.Name).Should().Equal("default");
    }
}
