using System.Collections.Concurrent;
using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class BackupVerbTests
{
    private const string Token = "bootstrap-token-of-the-backup-tests-0123456789";

    [OnSqliteFact]
    public async Task A_backup_that_was_taken_while_a_server_wrote_is_restored_by_starting_on_it()
    {
        await using var program = Create();
        await program.ServeAsync();
        var client = program.CreateClient(Token);
        var answered = new ConcurrentDictionary<string, string>();
        using var enough = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
        {
            for (var index = 0; !enough.IsCancellationRequested; index++)
            {
                answered[$"c{number}-{index}"] = (await client.CreateUserAsync($"c{number}-{index}")).Id;
            }
        }));
        await Eventually.BeAsync(() => Task.FromResult(answered.Count > 50));
        var before = answered.ToArray();

        var backup = Path.Combine(program.Folder, "backup.db");
        var result = await program.RunJsonAsync("backup", backup);

        var after = answered.Count;
        await Eventually.BeAsync(() => Task.FromResult(answered.Count > after));
        await enough.CancelAsync();
        await writing;
        result["file"]!.GetValue<string>().Should().Be(backup);
        result["bytes"]!.GetValue<long>().Should().Be(new FileInfo(backup).Length);
        (OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(backup) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)).Should().Be(UnixFileMode.None);
        Directory.GetFiles(program.Folder).Should().Equal(backup);
        await using var restored = Create();
        Directory.CreateDirectory(Path.GetDirectoryName(restored.DatabaseFile)!);
        File.Move(backup, restored.DatabaseFile);
        await restored.ServeAsync();
        var there = restored.CreateClient(Token);
        foreach (var (userName, id) in before)
        {
            (await there.GetAsync($"/Users/{id}")).Body["userName"]!.GetValue<string>().Should().Be(userName, "it was answered before the backup began");
        }

        var total = (await there.GetAsync("/Users?count=0")).TotalResults;
        total.Should().BeInRange(before.Length, answered.Count);
        using (var file = restored.Database.Open())
        {
            file.Query<string>("pragma integrity_check").Should().Equal("ok");
            file.ExecuteScalar<long>("select count(*) from users").Should().Be(total);
        }

        (await there.CreateUserAsync("after the restore")).Status.Should().Be(201);
    }

    [OnSqliteFact]
    public async Task A_backup_overwrites_nothing_and_what_cannot_be_written_is_told_in_one_line()
    {
        await using var program = new ScimProgram();
        var taken = Path.Combine(program.Folder, "taken.db");
        await File.WriteAllTextAsync(taken, "precious");
        var early = await program.RunAsync("backup", Path.Combine(program.Folder, "early.db"));
        await program.RunJsonAsync("migrate", "up");

        ProgramResult[] results =
        [
            early,
            await program.RunAsync("backup", taken),
            await program.RunAsync("backup", program.DatabaseFile),
            await program.RunAsync("backup", Path.Combine(program.Folder, "missing", "backup.db")),
        ];

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.Output.Should().BeEmpty();
            result.ErrorLines.Should().ContainSingle();
        });
        early.Error.Should().Contain("There is no database");
        (await File.ReadAllTextAsync(taken)).Should().Be("precious");
        Directory.GetFiles(program.Folder).Should().Equal(taken);
    }

    [OnSqliteFact]
    public async Task A_backup_of_a_damaged_database_is_refused_and_leaves_nothing()
    {
        await using var program = Create();
        await program.ServeAsync();
        var client = program.CreateClient(Token);
        foreach (var index in Enumerable.Range(0, 100))
        {
            await client.CreateUserAsync($"u{index}", $"\"title\":\"{new string('x', 200)}\"");
        }

        await program.TerminateAsync();
        using (var file = new FileStream(program.DatabaseFile, FileMode.Open))
        {
            file.Position = file.Length / 2 / 4096 * 4096;
            file.Write(new byte[3 * 4096]);
        }

        var result = await program.RunAsync("backup", Path.Combine(program.Folder, "backup.db"));

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle().Which.Should().Contain("damaged");
        Directory.GetFiles(program.Folder).Should().BeEmpty();
    }

    [OnPostgresFact]
    public async Task On_PostgreSQL_the_tool_that_does_it_is_named()
    {
        await using var program = new ScimProgram();

        var result = await program.RunAsync("backup", Path.Combine(program.Folder, "backup.db"));

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle().Which.Should().Contain("pg_dump");
        Directory.GetFiles(program.Folder).Should().BeEmpty();
    }

    private static ScimProgram Create()
    {
        var program = new ScimProgram();
        program["ScimSlice__Bootstrap__Token"] = Token;
        program["ScimSlice__Limits__RequestsPerSecond"] = "0";
        return program;
    }
}
