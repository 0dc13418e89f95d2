using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class PurgeUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Owner = "\"role\":\"owner\"";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_purged_user_is_gone_for_good(bool live)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        if (!live)
        {
            await client.DeleteAsync($"/Users/{created.Id}");
        }

        var result = await host.SendAsync(new PurgeUser.Command(client.Organization, created.Id));

        result.Should().Be(new PurgeUser.Result(client.Organization, created.Id, live));
        (await client.GetAsync($"/Users/{created.Id}")).ShouldBeError(404);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
        (await host.SendAsync(new ListDeletedUsers.Query(client.Organization, null))).Should().BeEmpty();
        var restoring = () => host.SendAsync(new RestoreUser.Command(client.Organization, created.Id));
        (await restoring.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        (await client.CreateUserAsync("ana")).Id.Should().NotBe(created.Id);
    }

    [Fact]
    public async Task Nothing_of_a_purged_user_is_left_in_the_database()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("bob");
        foreach (var delete in (bool[])[true, false])
        {
            var created = await client.CreateUserAsync("canary", $"\"displayName\":\"Canary\",\"externalId\":\"canary\",\"title\":\"{new string('x', 6000)} canary\"");
            await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"nickName","value":"canary"}""");
            if (delete)
            {
                await client.DeleteAsync($"/Users/{created.Id}");
            }

            await started.Value.SendAsync(new PurgeUser.Command(client.Organization, created.Id));
        }

        // The log of recent changes beside a SQLite file goes with the end of the server.
        await started.Value.RestartAsync();

        started.Value.ReadDatabase().Should().Contain("bob").And.NotContainEquivalentOf("canary");
    }

    [Fact]
    public async Task The_last_active_owner_is_not_purged()
    {
        var client = await host.CreateOrganizationAsync();
        var owner = await client.CreateUserAsync("ana", Owner);
        await client.CreateUserAsync("bob");

        var purging = () => host.SendAsync(new PurgeUser.Command(client.Organization, owner.Id));

        (await purging.Should().ThrowAsync<ScimException>()).Which.Message.Should().Contain("last active owner");
        (await client.GetAsync($"/Users/{owner.Id}")).Text.Should().Be(owner.Text);
    }

    [Fact]
    public async Task Of_the_last_two_owners_that_are_purged_at_once_one_stays()
    {
        for (var round = 0; round < 3; round++)
        {
            var client = await host.CreateOrganizationAsync();
            var (ana, bob) = (await client.CreateUserAsync("ana", Owner), await client.CreateUserAsync("bob", Owner));

            var outcomes = await Task.WhenAll(PurgeAsync(client, ana.Id), PurgeAsync(client, bob.Id));

            outcomes.Order().Should().Equal(200, 409);
            (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
        }
    }

    [Fact]
    public async Task Of_those_that_purge_one_user_at_once_one_does()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PurgeAsync(client, created.Id)));

        outcomes.Order().Should().Equal([200, .. Enumerable.Repeat(404, 5)]);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_user_that_a_client_deletes_meanwhile_is_purged_all_the_same()
    {
        for (var round = 0; round < 10; round++)
        {
            var client = await host.CreateOrganizationAsync();
            var created = await client.CreateUserAsync("ana");

            var deleting = client.DeleteAsync($"/Users/{created.Id}");
            var outcome = await PurgeAsync(client, created.Id);
            await deleting;

            outcome.Should().Be(200);
            (await host.SendAsync(new ListDeletedUsers.Query(client.Organization, null))).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Unknown_and_foreign_ids_purge_nobody()
    {
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var foreign = await other.CreateUserAsync("ana");

        (await PurgeAsync(client, foreign.Id)).Should().Be(404);
        (await PurgeAsync(client, "")).Should().Be(404);
        (await PurgeAsync(client, "%")).Should().Be(404);

        (await other.GetAsync($"/Users/{foreign.Id}")).Text.Should().Be(foreign.Text);
    }

    private async Task<int> PurgeAsync(ScimClient client, string id)
    {
        try
        {
            await host.SendAsync(new PurgeUser.Command(client.Organization, id));
            return 200;
        }
        catch (ScimException refused)
        {
            return refused.Status;
        }
    }
}
