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

    [Fact]
    public async Task What_the_application_has_not_acknowledged_is_listed_oldest_first_without_what_stood_in_the_users()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Organization"] = "acme";
        program["ScimSlice__Bootstrap__Token"] = Token;
        await program.ServeAsync();
        var client = program.CreateClient(Token);
        var app = program.CreateClient((await program.RunJsonAsync("token", "create", "acme", "--name", "app", "--scope", "events"))["token"]!.GetValue<string>());
        var (ana, bob, cleo) = (await client.CreateUserAsync("zqana"), await client.CreateUserAsync("zqbob"), await client.CreateUserAsync("zqcleo"));
        await client.DeleteAsync($"/Users/{bob.Id}");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":false}""");
        await client.DeleteAsync($"/Users/{cleo.Id}");
        var events = (await app.GetApiAsync("/events?after=3")).Body["events"]!.AsArray();
        (await app.SendAsync("POST", $"/../../api/v1/events/{events[2]!["id"]}/ack", null)).Status.Should().Be(200);

        var json = await program.RunJsonAsync("user", "unacknowledged", "acme");
        var text = await program.RunAsync("user", "unacknowledged", "acme");
        var first = await program.RunAsync("user", "unacknowledged", "acme", "--limit", "1", "--json");

        json.AsArray().Select(found => $"{found!["id"]} {found["at"]} {found["type"]} {found["user"]} {found["version"]} {found["requestId"]}").Should().Equal(
            events.Take(2).Select(told => $"{told!["id"]} {told["at"]} {told["type"]} {told["resource"]!["id"]} {told["resource"]!["version"]} {told["requestId"]}"));
        json[0]!.AsObject().Select(member => member.Key).Should().Equal("id", "at", "ageSeconds", "type", "user", "version", "requestId");
        text.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        var lines = text.Output.TrimEnd().Split(Environment.NewLine);
        lines.Should().HaveCount(2);
        lines[0].Should().Contain($"user.deleted  {bob.Id}  ").And.EndWith($"request {events[0]!["requestId"]}");
        lines[1].Should().Contain($"user.deactivated  {ana.Id}  ");
        text.Output.Should().NotContain("zq");
        JsonNode.Parse(first.Output)!.AsArray().Should().ContainSingle().Which!["user"]!.GetValue<string>().Should().Be(bob.Id);
        first.ErrorLines.Should().ContainSingle().Which.Should().Contain("more than these 1");
        (await program.RunAsync("user", "unacknowledged", "nobody")).ExitCode.Should().Be(1);
    }
}
