using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class UserVerbsTests
{
    private const string Token = "bootstrap-token-of-the-user-verbs-0123456789";

    [Fact]
    public async Task Deleted_users_are_listed_restored_and_purged_beside_a_running_server()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Organization"] = "acme";
        program["ScimSlice__Bootstrap__Token"] = Token;
        await program.ServeAsync();
        var client = program.CreateClient(Token);
        var ana = await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{ana.Id}");

        var deleted = await program.RunJsonAsync("user", "deleted", "acme", "--user-name", "ANA");
        var text = await program.RunAsync("user", "deleted", "acme");
        var restored = await program.RunAsync("user", "restore", "acme", ana.Id, "--json");
        var again = await program.RunAsync("user", "restore", "acme", ana.Id);
        var back = await client.GetAsync($"/Users/{ana.Id}");
        var purged = await program.RunAsync("user", "purge", "acme", ana.Id, "--json");
        var unknown = await program.RunAsync("user", "purge", "acme", ana.Id);

        deleted.AsArray().Should().ContainSingle().Which!.AsObject().Select(member => member.Key).Should().Equal("id", "userName", "deletedAt", "purgedAfter");
        text.Output.Should().Contain(ana.Id).And.Contain("ana");
        restored.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        JsonNode.Parse(restored.Output)!.AsObject().Select(member => member.Key).Should().Equal("id", "organization", "userName", "version", "lastModified");
        back.Tag.Should().Be("W/\"2\"");
        JsonNode.Parse(purged.Output).ShouldBeJson($$"""{"id":"{{ana.Id}}","organization":"acme","wasLive":true}""");
        (await client.GetAsync($"/Users/{ana.Id}")).ShouldBeError(404);
        foreach (var failed in new[] { again, unknown })
        {
            failed.ExitCode.Should().Be(1);
            failed.Output.Should().BeEmpty();
            failed.ErrorLines.Should().ContainSingle();
        }
    }
}
