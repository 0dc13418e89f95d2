using Dapper;
using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class TombstonePurgeTests
{
    [Fact]
    public async Task Tombstones_are_erased_when_their_time_is_over_and_not_before()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Retention:DeletedUsers", "60s");
        var host = started.Value;
        var (client, other) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        foreach (var name in Enumerable.Range(0, 250).Select(index => $"u{index}"))
        {
            await client.DeleteAsync($"/Users/{(await client.CreateUserAsync(name)).Id}");
        }

        await other.DeleteAsync($"/Users/{(await other.CreateUserAsync("ana")).Id}");
        var live = await client.CreateUserAsync("live");
        host.Clock.Advance(TimeSpan.FromSeconds(61));
        var late = await client.CreateUserAsync("late");
        await client.DeleteAsync($"/Users/{late.Id}");

        await Eventually.BeAsync(() => Task.FromResult(Tombstones(host) == 1));

        (await host.SendAsync(new ListDeletedUsers.Query(client.Organization, null))).Should().ContainSingle().Which.Id.Should().Be(late.Id);
        (await client.GetAsync($"/Users/{live.Id}")).Text.Should().Be(live.Text);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
        using var http = new HttpClient();
        await Eventually.BeAsync(async () => (await http.GetStringAsync(new Uri(host.Origin, "/metrics"))).Contains("scim_purged_users", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_ran_out_while_no_server_ran_is_erased_at_the_start()
    {
        await using var started = await StartedHost.StartAsync();
        var client = await started.Value.CreateOrganizationAsync();
        await client.DeleteAsync($"/Users/{(await client.CreateUserAsync("ana")).Id}");
        started.Value.Clock.Advance(TimeSpan.FromDays(31));

        await started.Value.RestartAsync();

        await Eventually.BeAsync(() => Task.FromResult(Tombstones(started.Value) == 0));
    }

    [Fact]
    public async Task Forever_keeps_them()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Retention:DeletedUsers", "forever");
        var client = await started.Value.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{created.Id}");
        started.Value.Clock.Advance(TimeSpan.FromDays(3000));

        await started.Value.RestartAsync();
        var restored = await started.Value.SendAsync(new RestoreUser.Command(client.Organization, created.Id));

        restored.Id.Should().Be(created.Id);
    }

    private static long Tombstones(ScimHost host)
    {
        using var connection = host.OpenDatabase();
        return connection.ExecuteScalar<long>("select count(*) from deleted_users");
    }
}
