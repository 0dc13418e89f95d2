using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Storage;

public sealed class RestartTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_restart_keeps_users_tombstones_rules_and_tokens()
    {
        var before = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(before, emailDomains: ["x.com"], roles: ["boss", "staff"], defaultRole: "staff");
        before = await host.CreateTokenAsync(before.Organization);
        var ana = await before.CreateUserAsync("ana@x.com", "\"title\":\"Lead\",\"emails\":[{\"value\":\"a@x.com\"}]");
        var gone = await before.CreateUserAsync("gone@x.com");
        await before.DeleteAsync($"/Users/{gone.Id}");
        var changed = await before.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Head"}""");

        await host.RestartAsync();
        var after = host.Reconnect(before);

        (await after.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(changed.Text.Replace(before.BaseUrl, after.BaseUrl, StringComparison.Ordinal));
        (await after.GetAsync($"/Users/{gone.Id}")).ShouldBeError(404);
        (await after.GetAsync("/Users")).TotalResults.Should().Be(1);
        (await after.CreateUserAsync("bob@x.com")).Body["role"]!.GetValue<string>().Should().Be("staff");
        (await after.PostAsync("/Users", ScimClient.User("bob@y.com"))).ShouldBeError(400, "invalidValue");
        (await after.PostAsync("/Users", ScimClient.User("ANA@x.com"))).ShouldBeError(409, "uniqueness");
    }
}
