using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class TransferVerbsTests
{
    private const string Token = "bootstrap-token-of-the-transfer-verbs-0123456789";

    [Fact]
    public async Task An_organization_is_exported_beside_a_running_server_and_imported_elsewhere()
    {
        await using var here = new ScimProgram();
        here["ScimSlice__Bootstrap__Organization"] = "acme";
        here["ScimSlice__Bootstrap__Token"] = Token;
        await here.ServeAsync();
        var ana = await here.CreateClient(Token).CreateUserAsync("ana");
        var file = Path.Combine(here.Folder, "acme.jsonl");

        var exported = await here.RunAsync("export", "acme", file, "--tokens", "--json");
        var output = await here.RunAsync("export", "acme");
        var again = await here.RunAsync("export", "acme", file);
        await using var there = new ScimProgram();
        var imported = await there.RunJsonAsync("import", file, "--as", "umbrella");
        var twice = await there.RunAsync("import", file);

        exported.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        JsonNode.Parse(exported.Output)!["counts"].ShouldBeJson("""{"token":1,"client":0,"clientSecret":0,"user":1,"deletedUser":0,"group":0,"membership":0,"deletedMembership":0,"roleMapping":0}""");
        (OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)).Should().Be(UnixFileMode.None);
        output.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        Transfer.Lines(output.Output).Select(line => line["kind"]!.GetValue<string>()).Should().Equal("organization", "user", "end");
        foreach (var failed in new[] { again, twice })
        {
            failed.ExitCode.Should().Be(1);
            failed.Output.Should().BeEmpty();
            failed.ErrorLines.Should().ContainSingle().Which.Should().Contain("already");
        }

        Directory.GetFiles(here.Folder).Should().Equal(file);
        imported["name"]!.GetValue<string>().Should().Be("umbrella");
        await there.ServeAsync();
        var client = there.CreateClient(Token);
        (await client.GetAsync($"/Users/{ana.Id}")).Body["userName"]!.GetValue<string>().Should().Be("ana");
    }

    [Fact]
    public async Task What_cannot_be_exported_or_imported_is_told_in_one_line()
    {
        await using var program = new ScimProgram();
        var cut = Path.Combine(program.Folder, "cut.jsonl");
        await File.WriteAllTextAsync(cut, "");

        ProgramResult[] results =
        [
            await program.RunAsync("export", "unknown"),
            await program.RunAsync("export", "unknown", Path.Combine(program.Folder, "unknown.jsonl")),
            await program.RunAsync("import", Path.Combine(program.Folder, "missing.jsonl")),
            await program.RunAsync("import", cut),
        ];

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.Output.Should().BeEmpty();
            result.ErrorLines.Should().ContainSingle();
        });
        Directory.GetFiles(program.Folder).Should().Equal(cut);
    }
}
