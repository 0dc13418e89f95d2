using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class LogVerbsTests
{
    private const string Token = "bootstrap-token-of-the-log-verbs-0123456789";

    [Fact]
    public async Task The_log_is_read_and_followed_beside_a_running_server()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Organization"] = "acme";
        program["ScimSlice__Bootstrap__Token"] = Token;
        await program.ServeAsync();
        var client = program.CreateClient(Token);
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"Head"}""");
        var refused = await client.PostAsync("/Users", ScimClient.User("ana"));

        var followed = await program.RunUntilAsync(
            printed => printed.Contains("DELETE", StringComparison.Ordinal), () => client.DeleteAsync($"/Users/{ana.Id}"), "log", "acme", "--follow", "--since", "1h");
        var lines = await program.RunAsync("log", "acme", "--user", ana.Id);
        var found = (await program.RunJsonAsync("log", "acme", "--failed", "--request", refused.RequestId!)).AsArray();

        followed.ExitCode.Should().Be(0);
        followed.Error.Should().BeEmpty();
        followed.Output.Should().Contain("title: \"Lead\" → \"Head\"").And.Contain("409 uniqueness");
        lines.Output.Should().Contain($"PATCH /scim/v2/Users/{ana.Id}  200").And.Contain($"DELETE /scim/v2/Users/{ana.Id}  204").And.NotContain("  409  ");
        found.Should().ContainSingle().Which!["detail"]!.GetValue<string>().Should().StartWith("userName: ");
        await client.GetAsync($"/Users?count=1");
        await Eventually.BeAsync(async () => (await program.RunAsync("log", "acme")).Output.Contains("GET /scim/v2/Users  200", StringComparison.Ordinal));
        (await program.RunAsync("log", "acme", "--no-reads")).Output.Should().Contain("409 uniqueness").And.NotContain("GET");
        var unknown = await program.RunAsync("log", "acme", "--request", "01a21a3db8c4775a80bf2e81b8edac69");
        unknown.Should().Match<ProgramResult>(run => run.ExitCode == 0 && run.Output.Length == 0 && run.Error.Contains("never came", StringComparison.Ordinal));
        (await program.RunAsync("log", "acme", "--limit", "0")).ExitCode.Should().Be(1);
        (await program.RunAsync("log", "acme", "--user", "nobody")).Error.Should().Contain("user deleted acme");
    }
}
