using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class MigrateVerbTests
{
    [Fact]
    public async Task Migrate_status_of_a_new_database_shows_what_is_pending_and_creates_nothing()
    {
        await using var program = new ScimProgram();

        var text = await program.RunAsync("migrate", "status");
        var json = await program.RunJsonAsync("migrate", "status");

        text.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        text.Output.Should().Contain("0001  pending").And.Contain("migrate up");
        json["current"]!.GetValue<bool>().Should().BeFalse();
        json["migrations"]!.AsArray().Should().NotBeEmpty().And.AllSatisfy(migration => migration!["appliedAt"].Should().BeNull());
        Directory.Exists(Path.GetDirectoryName(program.DatabaseFile)).Should().BeFalse();
    }

    [OnSqliteFact]
    public async Task Migrate_status_of_a_folder_is_told_in_one_line_with_status_1()
    {
        await using var program = new ScimProgram();
        Directory.CreateDirectory(program.DatabaseFile);

        var status = await program.RunAsync("migrate", "status");

        status.ExitCode.Should().Be(1);
        status.ErrorLines.Should().ContainSingle().Which.Should().Contain("folder");
    }

    [Fact]
    public async Task Migrate_up_brings_the_schema_up_to_date_and_status_says_when()
    {
        await using var program = new ScimProgram();

        var up = await program.RunJsonAsync("migrate", "up");
        var again = await program.RunJsonAsync("migrate", "up");
        var status = await program.RunAsync("migrate", "status");

        up["current"]!.GetValue<bool>().Should().BeTrue();
        up["fault"].Should().BeNull();
        up["migrations"]!.AsArray().Select(migration => migration!["version"]!.GetValue<int>()).Should().StartWith([1, 2]);
        up["migrations"]!.AsArray().Should().AllSatisfy(migration => migration!["appliedAt"].Should().NotBeNull());
        again.ShouldBeJson(up.ToJsonString());
        status.Should().BeEquivalentTo(new { ExitCode = 0, Error = "" });
        status.Output.Should().Contain("0001  applied").And.NotContain("pending").And.Contain("up to date");
    }

    [Theory]
    [InlineData("insert into schema_migrations (version, name, checksum, applied_at) values (9999, 'future', 'x', 'x')", "newer")]
    [InlineData("update schema_migrations set checksum = 'another' where version = 1", "version 1")]
    public async Task A_database_that_this_program_cannot_use_is_told_in_one_line_with_status_1(string change, string says)
    {
        await using var program = new ScimProgram();
        await program.RunJsonAsync("migrate", "up");
        using (var connection = program.Database.Open())
        {
            connection.Execute(change);
        }

        var status = await program.RunAsync("migrate", "status", "--json");
        var up = await program.RunAsync("migrate", "up");

        status.ExitCode.Should().Be(1);
        status.ErrorLines.Should().ContainSingle().Which.Should().Contain(says);
        System.Text.Json.Nodes.JsonNode.Parse(status.Output)!["fault"]!.GetValue<string>().Should().Contain(says);
        up.ExitCode.Should().Be(1);
        up.ErrorLines.Should().ContainSingle().Which.Should().Contain(says);
    }

    [OnSqliteFact]
    public async Task A_file_that_is_no_database_is_told_in_one_line()
    {
        await using var program = new ScimProgram();
        Directory.CreateDirectory(Path.GetDirectoryName(program.DatabaseFile)!);
        await File.WriteAllTextAsync(program.DatabaseFile, new string('x', 10_000));

        var result = await program.RunAsync("migrate", "status");

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle().Which.Should().Contain(program.DatabaseFile);
        (await File.ReadAllTextAsync(program.DatabaseFile)).Should().Be(new string('x', 10_000));
    }
}
