using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Faults;

/// <summary>A disk that takes no changes: clients are told to repeat, reads go on, and when the fault ends so does the refusing.</summary>
[Collection("Faults")]
public sealed class DiskTests
{
    private const int RoomInKilobytes = 3 * 1024;

    [MountFact]
    public async Task A_full_disk_refuses_changes_keeps_what_was_acknowledged_and_goes_on_when_there_is_room()
    {
        await using var program = FaultProgram.Create();
        await using var disk = await Mount.MemoryAsync(Path.GetDirectoryName(program.DatabaseFile)!, RoomInKilobytes);
        await ShouldOutlastAsync(program, () => disk.ResizeAsync(RoomInKilobytes * 50), FillUpAsync);
    }

    [OnLinuxSqliteFact]
    public async Task A_file_that_may_not_grow_refuses_changes_and_goes_on_when_it_may()
    {
        // The runtime maps memory through files that would count, unless it is told not to.
        await using var program = FaultProgram.Create(wrapper: ["bash", "-c", $"trap '' XFSZ; ulimit -S -f {RoomInKilobytes}; exec \"$@\"", "limited"]);
        program["DOTNET_EnableWriteXorExecute"] = "0";
        await ShouldOutlastAsync(program, () => Shell.RunAsync("prlimit", "--pid", $"{program.ProcessId}", "--fsize=unlimited:"));
    }

    [MountFact]
    public async Task A_read_only_file_or_folder_stops_the_start_with_one_line()
    {
        await using var program = FaultProgram.Create();
        await program.ServeAsync();
        await program.Client().CreateUserAsync("ana");
        await program.KillAsync();

        ProgramResult file, folder;
        await using (await Mount.ReadOnlyAsync(program.DatabaseFile))
        {
            file = await program.RunAsync();
        }

        await using (await Mount.ReadOnlyAsync(Path.GetDirectoryName(program.DatabaseFile)!))
        {
            folder = await program.RunAsync();
        }

        file.ShouldBeRefusedStart();
        folder.ShouldBeRefusedStart();
        await program.ServeAsync();
        (await program.Client().GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [OnLinuxSqliteFact]
    public async Task A_folder_that_disappears_refuses_changes_and_goes_on_when_it_is_back()
    {
        await using var program = FaultProgram.Create();
        await program.ServeAsync();
        var load = new FaultLoad(clients: 3);
        await load.RunForAsync(program.Client(), until: () => load.Acknowledged > 20);
        var folder = Path.GetDirectoryName(program.DatabaseFile)!;

        Directory.Move(folder, $"{folder}-away");
        await load.RunForAsync(program.Client(), until: () => load.Refused > 20);
        var away = await program.ReadyAsync();
        Directory.Exists(folder).Should().BeFalse("nothing is made in its place");
        Directory.Move($"{folder}-away", folder);

        away.Status.Should().Be(503);
        await Eventually.BeAsync(async () => (await program.ReadyAsync()).Status == 200);
        var before = load.Acknowledged;
        await load.RunForAsync(program.Client(), until: () => load.Acknowledged > before + 20);
        await load.ShouldBeKeptAsync(program.Client());
        new SqliteFaultStore(program.DatabaseFile).ShouldBeWhole(load);
    }

    /// <summary>Loads until the disk refuses, looks around, lets the fault end, and loads on, without a restart.</summary>
    private static async Task ShouldOutlastAsync(ScimProgram program, Func<Task> endFault, Func<ScimProgram, Task>? complete = null)
    {
        await program.ServeAsync();
        var load = new FaultLoad();
        await load.RunForAsync(program.Client(), until: () => load.RefusedInARow > 200);
        load.Acknowledged.Should().BePositive();

        if (complete is not null)
        {
            await complete(program);
            (await program.ReadyAsync()).Should().Be((503, "database takes no changes"));
        }

        (await program.Client().GetAsync("/Users?count=1")).Status.Should().Be(200);
        await load.ShouldBeKeptAsync(program.Client());
        await endFault();

        await Eventually.BeAsync(async () => (await program.ReadyAsync()).Status == 200);
        var (acknowledged, refused) = (load.Acknowledged, load.Refused);
        await load.RunForAsync(program.Client(), until: () => load.Acknowledged > acknowledged + 200);
        load.Refused.Should().Be(refused, "the fault has ended");
        await load.ShouldBeKeptAsync(program.Client());
        (await program.TerminateAsync()).Should().Be(0);
        new SqliteFaultStore(program.DatabaseFile).ShouldBeWhole(load);
    }

    /// <summary>Takes what room is left: a page or two may be, too little for a user and enough for a probe.</summary>
    private static async Task FillUpAsync(ScimProgram program)
    {
        await using var filler = new FileStream(Path.Combine(Path.GetDirectoryName(program.DatabaseFile)!, "filler"), FileMode.Create);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                await filler.WriteAsync(block);
                await filler.FlushAsync();
            }
        }
        catch (IOException)
        {
            // Full.
        }

        (await program.Client().PostAsync("/Users", ScimClient.User("canary"))).ShouldBeRefused();
    }
}
