using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class ExportOrganizationTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task An_export_is_a_header_a_line_for_each_user_and_tombstone_and_an_end_with_their_numbers()
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, roles: ["boss", "staff"], defaultRole: "staff");
        client = await host.CreateTokenAsync(client.Organization);
        var ana = await client.CreateUserAsync("Ana", "\"title\":\"line\\nbreak\"");
        var gone = await client.CreateUserAsync("gone");
        await client.DeleteAsync($"/Users/{gone.Id}");
        await (await host.CreateOrganizationAsync()).CreateUserAsync("elsewhere");

        var text = await Transfer.ExportAsync(host, client.Organization);

        var lines = Transfer.Lines(text);
        lines.Select(line => line["kind"]!.GetValue<string>()).Should().Equal("organization", "user", "deletedUser", "end");
        lines[0]["format"]!.GetValue<int>().Should().Be(1);
        lines[0]["name"]!.GetValue<string>().Should().Be(client.Organization);
        lines[0]["settings"]!["roles"].ShouldBeJson("""["boss","staff"]""");
        lines[1]["resource"].ShouldBeJson(ana.Text.Replace(client.BaseUrl, "", StringComparison.Ordinal));
        lines[2]["resource"]!["id"]!.GetValue<string>().Should().Be(gone.Id);
        lines[2]["deletedAt"].Should().NotBeNull();
        lines[3]["counts"].ShouldBeJson("""{"user":1,"deletedUser":1,"group":0,"membership":0,"deletedMembership":0,"roleMapping":0}""");
        text.Should().EndWith("\n").And.NotContain("elsewhere").And.NotContain(client.BaseUrl);
    }

    [Fact]
    public async Task Tokens_are_exported_as_hashes_and_only_where_that_is_asked_for()
    {
        var client = await host.CreateOrganizationAsync();

        var without = await Transfer.ExportAsync(host, client.Organization);
        var with = await Transfer.ExportAsync(host, client.Organization, secrets: true);

        without.Should().NotContain("hash").And.NotContain(client.TokenId);
        Transfer.Lines(with)[1]["id"]!.GetValue<string>().Should().Be(client.TokenId);
        Transfer.Lines(with)[1]["hash"]!.GetValue<string>().Should().MatchRegex("^[0-9a-f]{64}$");
        with.Should().NotContain(client.Authorization!["Bearer ".Length..]);
    }

    [Fact]
    public async Task An_export_shows_one_moment_while_users_are_deleted_and_restored()
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new List<string>();
        for (var index = 0; index < 20; index++)
        {
            ids.Add((await client.CreateUserAsync($"u{index}")).Id);
        }

        using var enough = new CancellationTokenSource();
        var changing = Task.WhenAll(ids.Chunk(5).Select(async some =>
        {
            while (!enough.IsCancellationRequested)
            {
                foreach (var id in some)
                {
                    await client.DeleteAsync($"/Users/{id}");
                    await host.SendAsync(new RestoreUser.Command(client.Organization, id));
                }
            }
        }));

        for (var round = 0; round < 20; round++)
        {
            var lines = Transfer.Lines(await Transfer.ExportAsync(host, client.Organization));
            lines[1..^1].Select(line => line["resource"]!["id"]!.GetValue<string>()).Should().BeEquivalentTo(ids);
        }

        await enough.CancelAsync();
        await changing;
    }

    [Fact]
    public async Task An_unknown_organization_writes_nothing()
    {
        using var output = new MemoryStream();

        var exporting = () => host.SendAsync(new ExportOrganization.Query("unknown", true, output));

        (await exporting.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        output.Length.Should().Be(0);
    }
}
