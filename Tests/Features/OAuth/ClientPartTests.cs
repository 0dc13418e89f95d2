using FluentAssertions;
using ScimSlice.Features.OAuth;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.OAuth;

/// <summary>OAuth clients move with their organization where its tokens do.</summary>
public sealed class ClientPartTests(ScimHost host) : IClassFixture<ScimHost>
{
    private static readonly Trust Trust = new("https://idp.example.com", "https://idp.example.com/keys", "subject", "api://audience");

    [Fact]
    public async Task A_client_goes_on_with_its_secret_where_its_organization_was_imported()
    {
        var owner = await host.CreateOrganizationAsync();
        var client = await host.SendAsync(new CreateClient.Command(owner.Organization, "okta", TokenScope.Read, TimeSpan.FromDays(1)));
        var trust = await host.SendAsync(new CreateTrust.Command(owner.Organization, "entra", Trust, TokenScope.Write, IsReusable: true));
        await host.SendAsync(new RevokeClient.Command(owner.Organization, trust.Id));
        var with = await Transfer.ExportAsync(host, owner.Organization, secrets: true);
        var without = await Transfer.ExportAsync(host, owner.Organization);

        await using var there = await StartedHost.StartAsync();
        await Transfer.ImportAsync(there.Value, with, "moved");

        (await there.Value.PostSecretAsync(client.Client.Id, client.Secret)).Body["scope"]!.GetValue<string>().Should().Be("read");
        var moved = (await there.Value.SendAsync(new ListClients.Query("moved", Trusts: true))).Clients.Should().ContainSingle().Subject;
        moved.Should().BeEquivalentTo(trust, options => options.Excluding(row => row.RevokedAt));
        moved.RevokedAt.Should().NotBeNull();
        with.Should().NotContain(client.Secret);
        Transfer.Lines(without).Select(line => line["kind"]!.GetValue<string>()).Should().NotContain(["client", "clientSecret"]);
    }

    [Theory]
    [InlineData("client", "name", "", "name")]
    [InlineData("client", "scope", "admin", "scope")]
    [InlineData("client", "id", "x", "id: must be a UUID")]
    [InlineData("client", "issuer", "", "1 to 512 characters")]
    [InlineData("client", "jwksUri", "ftp://idp.example.com", "https URL")]
    [InlineData("clientSecret", "hash", "00", "64 hexadecimal digits")]
    [InlineData("clientSecret", "client", "01a2178d-a941-72f5-9242-e7bfec1db610", "none of the clients")]
    [InlineData("clientSecret", "expiresAt", null, "expiresAt: is required")]
    public async Task A_line_that_cannot_be_is_named(string kind, string member, string? value, string says)
    {
        var owner = await host.CreateOrganizationAsync();
        await host.SendAsync(new CreateClient.Command(owner.Organization, "okta", TokenScope.Read, TimeSpan.FromDays(1)));
        await host.SendAsync(new CreateTrust.Command(owner.Organization, "entra", Trust, TokenScope.Write));
        var lines = Transfer.Lines(await Transfer.ExportAsync(host, owner.Organization, secrets: true));
        var line = lines.Last(candidate => candidate["kind"]!.GetValue<string>() == kind);
        line[member] = value;

        await using var there = await StartedHost.StartAsync();
        var import = () => Transfer.ImportAsync(there.Value, Transfer.Text(lines), "moved");

        (await import.Should().ThrowAsync<Exception>()).Which.Message.Should().StartWith($"Line {Array.IndexOf(lines, line) + 1}: ").And.Contain(says);
    }
}
