using System.Globalization;
using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class TokenVerbsTests
{
    [Fact]
    public async Task Token_create_prints_the_token_as_JSON_and_nothing_else()
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");

        var plain = await program.RunAsync("token", "create", "ACME", "--name", "okta", "--json");
        var read = await program.RunJsonAsync("token", "create", "acme", "--name", "entra", "--scope", "read", "--expires", "365d");

        plain.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        var token = JsonNode.Parse(plain.Output)!.AsObject();
        token.Select(member => member.Key).Should().Equal("id", "organization", "name", "scope", "token", "createdAt", "expiresAt");
        token["organization"]!.GetValue<string>().Should().Be("acme");
        token["name"]!.GetValue<string>().Should().Be("okta");
        token["scope"]!.GetValue<string>().Should().Be("write");
        token["token"]!.GetValue<string>().Length.Should().BeGreaterThanOrEqualTo(32);
        token["expiresAt"].Should().BeNull();
        read["scope"]!.GetValue<string>().Should().Be("read");
        (Time(read["expiresAt"]!) - Time(read["createdAt"]!)).Should().Be(TimeSpan.FromDays(365));
    }

    [Fact]
    public async Task Token_list_shows_all_but_the_secret_and_token_revoke_ends_one()
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");
        var created = await program.RunJsonAsync("token", "create", "acme", "--name", "okta");
        var other = await program.RunJsonAsync("token", "create", "acme", "--name", "entra");

        var revoked = await program.RunAsync("token", "revoke", "acme", created["id"]!.GetValue<string>());
        var listed = await program.RunAsync("token", "list", "acme", "--json");

        revoked.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        listed.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        listed.Output.Should().NotContain(created["token"]!.GetValue<string>()).And.NotContain(other["token"]!.GetValue<string>());
        var tokens = JsonNode.Parse(listed.Output)!.AsArray();
        tokens.Select(token => token!["id"]!.GetValue<string>()).Should().Equal(created["id"]!.GetValue<string>(), other["id"]!.GetValue<string>());
        tokens.Should().AllSatisfy(token => token!.AsObject().Select(member => member.Key)
            .Should().Equal("id", "organization", "name", "scope", "createdAt", "expiresAt", "lastUsedAt", "revokedAt"));
        tokens[0]!["revokedAt"].Should().NotBeNull();
        tokens[1]!["revokedAt"].Should().BeNull();
        tokens[1]!["lastUsedAt"].Should().BeNull();
    }

    [Fact]
    public async Task A_token_verb_that_fails_says_why_on_one_line_and_exits_with_1()
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("org", "create", "acme");

        var results = new[]
        {
            await program.RunAsync("token", "create", "unknown", "--name", "okta", "--json"),
            await program.RunAsync("token", "create", "acme", "--name", "", "--json"),
            await program.RunAsync("token", "list", "unknown"),
            await program.RunAsync("token", "revoke", "acme", "unknown"),
        };

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.Output.Should().BeEmpty();
            result.ErrorLines.Should().ContainSingle();
        });
    }

    [Fact]
    public async Task A_running_server_sees_what_verbs_change_within_a_second()
    {
        await using var program = new ScimProgram();
        await program.ServeAsync();
        await program.RunJsonAsync("org", "create", "acme");
        var token = await program.RunJsonAsync("token", "create", "acme", "--name", "okta");
        var client = program.CreateClient(token["token"]!.GetValue<string>());

        await client.CreateUserAsync("ana");
        await program.RunJsonAsync("org", "set", "acme", "--roles", "boss,staff", "--default-role", "staff");
        await Eventually.BeAsync(async () => (await client.GetAsync("/Schemas")).Text.Contains("boss", StringComparison.Ordinal));
        await Eventually.BeAsync(async () => (await program.RunJsonAsync("token", "list", "acme"))[0]!["lastUsedAt"] is not null);
        await program.RunAsync("token", "revoke", "acme", token["id"]!.GetValue<string>());
        await Eventually.BeAsync(async () => (await client.GetAsync("/Users")).Status == 401);

        (await client.GetAsync("/Users")).ShouldBeError(401);
        var next = await program.RunJsonAsync("token", "create", "acme", "--name", "next");
        (await program.CreateClient(next["token"]!.GetValue<string>()).GetAsync("/Users")).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task Verbs_work_beside_a_server_that_writes_without_pause()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Limits__RequestsPerSecond"] = "0";
        await program.ServeAsync();
        await program.RunJsonAsync("org", "create", "busy");
        var client = program.CreateClient((await program.RunJsonAsync("token", "create", "busy", "--name", "load"))["token"]!.GetValue<string>());
        using var enough = new CancellationTokenSource();
        var names = 0;
        var load = Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!enough.IsCancellationRequested)
            {
                await client.CreateUserAsync($"u{Interlocked.Increment(ref names)}");
            }
        }).ToArray();

        var results = new List<ProgramResult>();
        for (var index = 0; index < 4; index++)
        {
            results.Add(await program.RunAsync("org", "create", $"acme-{index}", "--json"));
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        results.Should().AllSatisfy(result => result.ExitCode.Should().Be(0, result.Error));
        (await client.GetAsync("/Users?count=0")).TotalResults.Should().Be(names);
    }

    private static DateTimeOffset Time(JsonNode time) => DateTimeOffset.Parse(time.GetValue<string>(), CultureInfo.InvariantCulture);
}
