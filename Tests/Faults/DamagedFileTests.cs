using System.Text;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>A file that is not what it was: a refusal to start, or a fault of those requests that meet the damage; never a wrong answer.</summary>
[Collection("Faults")]
public sealed class DamagedFileTests
{
    private const int Users = 150;

    private static readonly string[] Insides = ["SQLite", "malformed", "select", "   at ", ".db"];

    [OnSqliteFact]
    public async Task A_file_without_its_header_or_its_end_stops_the_start_with_one_line_and_a_good_copy_mends_it()
    {
        await using var program = FaultProgram.Create();
        await FillAsync(program);
        var good = await File.ReadAllBytesAsync(program.DatabaseFile);

        var refused = new List<ProgramResult>();
        foreach (var damaged in (byte[][])[Encoding.ASCII.GetBytes(new string('x', good.Length)), good[..(good.Length / 2)], good[..5000]])
        {
            await File.WriteAllBytesAsync(program.DatabaseFile, damaged);
            refused.Add(await program.RunAsync());
            (await File.ReadAllBytesAsync(program.DatabaseFile)).Should().Equal(damaged, "what is left is not touched");
        }

        refused.Should().AllSatisfy(result => result.ShouldBeRefusedStart());
        await File.WriteAllBytesAsync(program.DatabaseFile, good);
        await program.ServeAsync();
        (await program.Client().GetAsync("/Users?count=0")).TotalResults.Should().Be(Users);
    }

    [OnSqliteFact]
    public async Task Damage_in_the_middle_fails_the_requests_that_meet_it_and_no_others()
    {
        await using var program = FaultProgram.Create();
        var before = await FillAsync(program);
        var bytes = await File.ReadAllBytesAsync(program.DatabaseFile);
        bytes.AsSpan(bytes.Length * 6 / 10, bytes.Length / 10).Fill(0xff);
        await File.WriteAllBytesAsync(program.DatabaseFile, bytes);

        await program.ServeAsync();
        var after = new List<ScimAnswer>();
        foreach (var user in before)
        {
            after.Add(await program.Client().GetAsync($"/Users/{user.Id}"));
        }

        (await program.ReadyAsync()).Status.Should().Be(200);
        await Eventually.BeAsync(() => Task.FromResult(program.HasSaid("malformed")));
        after.Should().Contain(answer => answer.Status == 500).And.Contain(answer => answer.Status == 200);
        foreach (var (answer, user) in after.Zip(before))
        {
            if (answer.Status == 200)
            {
                answer.Body["userName"]!.GetValue<string>().Should().Be(user.Body["userName"]!.GetValue<string>());
            }
            else
            {
                answer.ShouldBeError(500);
                answer.Detail.Should().NotContainAny(Insides);
            }
        }
    }

    /// <summary>Creates users and stops the server, so that all is in the one file.</summary>
    private static async Task<List<ScimAnswer>> FillAsync(ScimProgram program)
    {
        await program.ServeAsync();
        var users = new List<ScimAnswer>();
        for (var index = 0; index < Users; index++)
        {
            users.Add(await program.Client().CreateUserAsync($"user-{index}", $"\"title\":\"{new string('t', 500)}\""));
        }

        (await program.TerminateAsync()).Should().Be(0);
        return users;
    }
}
