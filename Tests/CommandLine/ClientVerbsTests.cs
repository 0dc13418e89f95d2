using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class ClientVerbsTests
{
    [Fact]
    public async Task A_client_is_made_listed_given_another_secret_and_ended()
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");

        var made = await program.RunJsonAsync("client", "create", "acme", "--name", "entra");
        var added = await program.RunJsonAsync("client", "add-secret", "acme", Text(made, "id"), "--expires", "365d");
        var ended = await program.RunJsonAsync("client", "revoke-secret", "acme", Text(made, "secretId"));
        var listed = await program.RunAsync("client", "list", "acme", "--json");
        var revoked = await program.RunAsync("client", "revoke", "acme", Text(made, "id"));

        made.AsObject().Select(member => member.Key).Should().Equal("id", "organization", "name", "scope", "secretId", "secret", "createdAt", "expiresAt");
        (Time(made, "expiresAt") - Time(made, "createdAt")).Should().Be(TimeSpan.FromDays(730));
        (Time(added, "expiresAt") - DateTimeOffset.UtcNow).Should().BeCloseTo(TimeSpan.FromDays(365), TimeSpan.FromHours(1));
        Text(added, "secret").Should().NotBe(Text(made, "secret"));
        Text(ended, "revokedAt").Should().NotBeEmpty();
        listed.Output.Should().NotContain(Text(made, "secret")).And.NotContain(Text(added, "secret"));
        JsonNode.Parse(listed.Output)![0]!["secrets"]!.AsArray().Select(secret => secret!["revokedAt"] is null).Should().Equal(false, true);
        revoked.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
    }

    [Fact]
    public async Task A_trust_is_made_checked_listed_and_ended()
    {
        await using var keys = (await KeyServer.StartAsync()).With("k1");
        await using var program = new ScimProgram();
        program["ScimSlice__Outbound__AllowedNetworks"] = "127.0.0.1";
        await program.RunJsonAsync("org", "create", "acme");

        var made = await program.RunJsonAsync("trust", "create", "acme", "--name", "entra", "--issuer", "https://idp.example.com/v2.0", "--jwks", keys.JwksUri, "--subject", "s", "--audience", "api://a");
        var check = await program.RunJsonAsync("trust", "check", "acme", Text(made, "id"));
        var listed = await program.RunJsonAsync("trust", "list", "acme");
        var plain = await program.RunAsync("trust", "list", "acme");
        await program.RunJsonAsync("trust", "revoke", "acme", Text(made, "id"));
        var gone = await program.RunAsync("trust", "check", "acme", Text(made, "id"));

        check["keys"]!.GetValue<int>().Should().Be(1);
        listed.AsArray().Should().ContainSingle();
        Text(listed[0]!, "issuer").Should().Be("https://idp.example.com/v2.0");
        plain.Output.Should().Contain(keys.JwksUri);
        gone.ExitCode.Should().Be(1);
        gone.Error.Should().Contain("no live client");
        (await program.RunJsonAsync("client", "list", "acme")).AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData("must be an https URL", "trust", "create", "acme", "--name", "e", "--issuer", "i", "--jwks", "http://idp.example.com/keys", "--subject", "s", "--audience", "a")]
    [InlineData("must be an https URL", "trust", "create", "acme", "--name", "e", "--issuer", "i", "--jwks", "file:///etc/passwd", "--subject", "s", "--audience", "a")]
    [InlineData("must be an https URL", "trust", "create", "acme", "--name", "e", "--issuer", "i", "--jwks", "https://user:pass@idp.example.com/keys", "--subject", "s", "--audience", "a")]
    [InlineData("without spaces", "trust", "create", "acme", "--name", "e", "--issuer", "", "--jwks", "https://idp.example.com/keys", "--subject", "s", "--audience", "a")]
    [InlineData("A client's name", "client", "create", "acme", "--name", "")]
    [InlineData("has no live client 'nobody'", "client", "add-secret", "acme", "nobody")]
    [InlineData("has no secret 'nobody'", "client", "revoke-secret", "acme", "nobody")]
    [InlineData("has no client 'nobody'", "client", "revoke", "acme", "nobody")]
    [InlineData("There is no organization", "client", "list", "umbrella")]
    public async Task A_verb_that_fails_says_why_on_one_line_and_exits_with_1(string says, params string[] arguments)
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");

        var result = await program.RunAsync(arguments);

        result.ExitCode.Should().Be(1);
        result.Error.Should().Contain(says);
        result.Error.Trim().Should().NotContain("\n");
    }

    [Fact]
    public async Task Audit_shows_what_commands_did_and_by_whom()
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");
        var token = await program.RunJsonAsync("token", "create", "acme", "--name", "okta");
        await program.RunJsonAsync("token", "revoke", "acme", Text(token, "id"));

        var records = (await program.RunJsonAsync("audit", "acme", "--since", "1h")).AsArray();
        var plain = await program.RunAsync("audit", "acme", "--resource", Text(token, "id"), "--limit", "1");

        records.Select(record => Text(record!, "operation")).Should().Equal("CreateOrganization", "IssueToken", "RevokeToken");
        records.Should().OnlyContain(record => Text(record!, "actorKind") == "command" && Text(record!, "actor") == Environment.UserName);
        plain.Output.Trim().Should().Contain($"RevokeToken Token {Text(token, "id")}").And.NotContain("\n");
        (await program.RunAsync("audit", "acme", "--since", "soon")).ExitCode.Should().Be(2);
        (await program.RunAsync("audit", "acme", "--limit", "0")).ExitCode.Should().Be(1);
    }

    private static string Text(JsonNode json, string name) => json[name]!.GetValue<string>();

    private static DateTimeOffset Time(JsonNode json, string name) => DateTimeOffset.Parse(Text(json, name), System.Globalization.CultureInfo.InvariantCulture);
}
