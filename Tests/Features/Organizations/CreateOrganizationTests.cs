using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class CreateOrganizationTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_new_organization_has_the_shipped_rules()
    {
        var created = await host.SendAsync(new CreateOrganization.Command("Acme GmbH & Söhne"));

        created.Name.Should().Be("Acme GmbH & Söhne");
        created.Rules.EmailDomains.Should().BeEmpty();
        created.Rules.Roles.Should().Equal("owner", "administrator", "moderator", "member", "guest");
        created.Rules.DefaultRole.Should().Be("member");
        created.Rules.Strict.Should().BeFalse();
        (await host.SendAsync(new ListOrganizations.Query())).Should().ContainEquivalentOf(created);
    }

    [Theory]
    [InlineData("taken")]
    [InlineData("TAKEN")]
    public async Task A_name_is_taken_in_any_case(string name)
    {
        await using var started = await StartedHost.StartAsync();
        await started.Value.SendAsync(new CreateOrganization.Command("Taken"));

        var creating = () => started.Value.SendAsync(new CreateOrganization.Command(name));

        (await creating.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(409);
        (await started.Value.SendAsync(new ListOrganizations.Query())).Select(row => row.Name).Should().Equal("default", "Taken");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" acme")]
    [InlineData("acme ")]
    [InlineData("01a20bdc-501a-77e9-a172-66f848841ccf")]
    [InlineData("01A20BDC501A77E9A17266F848841CCF")]
    [InlineData("ac\nme")]
    [InlineData("ac\u001bme")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public async Task A_name_that_cannot_be_told_apart_or_printed_is_refused(string name)
    {
        var creating = () => host.SendAsync(new CreateOrganization.Command(name));

        (await creating.Should().ThrowAsync<ScimException>()).Which.ScimType.Should().Be("invalidValue");
    }

    [Fact]
    public async Task Of_ten_of_one_name_at_once_one_is_created()
    {
        var creating = Enumerable.Range(0, 10).Select(_ => host.SendAsync(new CreateOrganization.Command("contended"))).ToArray();

        await Task.WhenAll(creating.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        creating.Count(task => task.IsCompletedSuccessfully).Should().Be(1);
        (await host.SendAsync(new ListOrganizations.Query())).Count(row => row.Name == "contended").Should().Be(1);
    }
}
