using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class ListDeletedUsersTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Deleted_users_are_listed_latest_first_with_the_end_of_their_time()
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new List<string>();
        foreach (var name in (string[])["Ana", "Bob"])
        {
            var created = await client.CreateUserAsync(name);
            ids.Insert(0, created.Id);
            await client.DeleteAsync($"/Users/{created.Id}");
            host.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }

        await client.CreateUserAsync("live");

        var rows = await host.SendAsync(new ListDeletedUsers.Query(client.Organization, null));

        rows.Select(row => row.Id).Should().Equal(ids);
        rows.Select(row => row.UserName).Should().Equal("Bob", "Ana");
        rows.Should().AllSatisfy(row => (DateTimeOffset.Parse(row.PurgedAfter!, null) - DateTimeOffset.Parse(row.DeletedAt, null)).Should().Be(TimeSpan.FromDays(30)));
    }

    [Fact]
    public async Task A_userName_selects_those_who_had_it_in_whatever_case()
    {
        var client = await host.CreateOrganizationAsync();
        foreach (var name in (string[])["ana", "bob", "ANA"])
        {
            await client.DeleteAsync($"/Users/{(await client.CreateUserAsync(name)).Id}");
        }

        var rows = await host.SendAsync(new ListDeletedUsers.Query(client.Organization, "Ana"));

        rows.Select(row => row.UserName).Should().BeEquivalentTo("ana", "ANA");
    }

    [Fact]
    public async Task Another_organization_s_deleted_users_are_not_listed()
    {
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        await other.DeleteAsync($"/Users/{(await other.CreateUserAsync("ana")).Id}");

        var rows = await host.SendAsync(new ListDeletedUsers.Query(client.Organization, null));
        var asking = () => host.SendAsync(new ListDeletedUsers.Query("unknown", null));

        rows.Should().BeEmpty();
        (await asking.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
    }
}
