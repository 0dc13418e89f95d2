using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class ChangeOrganizationTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Only_the_rules_that_are_named_change()
    {
        var client = await host.CreateOrganizationAsync();

        await host.ChangeRulesAsync(client, emailDomains: ["B.com", "a.com", "b.COM"]);
        await host.ChangeRulesAsync(client, roles: ["boss", "staff"], defaultRole: "staff");
        await host.ChangeRulesAsync(client, strict: true);
        var row = await host.ChangeRulesAsync(client);

        row.Rules.EmailDomains.Should().Equal("b.com", "a.com");
        row.Rules.Roles.Should().Equal("boss", "staff");
        row.Rules.DefaultRole.Should().Be("staff");
        row.Rules.Strict.Should().BeTrue();
        (await host.SendAsync(new ListOrganizations.Query())).Single(organization => organization.Name == client.Organization).Should().BeEquivalentTo(row);
    }

    [Fact]
    public async Task An_empty_domain_lifts_the_rule()
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, emailDomains: ["a.com"]);

        var row = await host.ChangeRulesAsync(client, emailDomains: [""]);

        row.Rules.EmailDomains.Should().BeEmpty();
        (await (await host.CreateTokenAsync(client.Organization)).PostAsync("/Users", ScimClient.User("ana"))).Status.Should().Be(201);
    }

    [Fact]
    public async Task An_organization_is_named_in_any_case_or_by_its_id()
    {
        var client = await host.CreateOrganizationAsync();

        var byName = await host.SendAsync(new ChangeOrganization.Command(client.Organization.ToUpperInvariant(), null, null, "guest", null));
        var byId = await host.SendAsync(new ChangeOrganization.Command(byName.Id, null, null, null, true));

        byId.Name.Should().Be(client.Organization);
        byId.Rules.DefaultRole.Should().Be("guest");
        byId.Rules.Strict.Should().BeTrue();
    }

    [Fact]
    public async Task A_changed_rule_takes_effect_within_a_second()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        await host.ChangeRulesAsync(client, emailDomains: ["x.com"]);

        var attempt = 0;
        await Eventually.BeAsync(async () => (await client.PostAsync("/Users", ScimClient.User($"u{attempt++}"))).Status == 400);
        (await client.PostAsync("/Users", ScimClient.User("ana@x.com"))).Status.Should().Be(201);
    }

    [Theory]
    [InlineData("unknown", null, null, null, 404)]
    [InlineData(null, "not a domain", null, null, 400)]
    [InlineData(null, "@x.com", null, null, 400)]
    [InlineData(null, "*.x.com", null, null, 400)]
    [InlineData(null, null, "", null, 400)]
    [InlineData(null, null, "boss, boss", null, 400)]
    [InlineData(null, null, "member,Member", null, 400)]
    [InlineData(null, null, "member, staff", null, 400)]
    [InlineData(null, null, "boss,staff", null, 400)]
    [InlineData(null, null, null, "king", 400)]
    public async Task Rules_that_make_no_sense_change_nothing(string? organization, string? domain, string? roles, string? defaultRole, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var before = await host.ChangeRulesAsync(client);

        var changing = () => host.SendAsync(new ChangeOrganization.Command(
            organization ?? client.Organization, domain is null ? null : [domain], roles?.Split(','), defaultRole, true));

        (await changing.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(status);
        (await host.ChangeRulesAsync(client)).Should().BeEquivalentTo(before);
    }
}
