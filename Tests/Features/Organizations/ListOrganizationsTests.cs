using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class ListOrganizationsTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Organizations_are_listed_by_name_in_whatever_case()
    {
        foreach (var name in (string[])["zebra", "Beta", "alpha", "Übung"])
        {
            await host.SendAsync(new CreateOrganization.Command(name));
        }

        var listed = await host.SendAsync(new ListOrganizations.Query());

        listed.Select(row => row.Name).Should().Equal("alpha", "Beta", "default", "zebra", "Übung");
        listed.Select(row => row.Id).Should().OnlyHaveUniqueItems();
    }
}
