using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

/// <summary>The setting Schemas:Folder.</summary>
public sealed class SchemaFolderTests
{
    [Fact]
    public async Task Every_fault_of_every_file_is_told_with_its_file_and_nothing_starts()
    {
        await using var program = new ScimProgram();
        var folder = Directory.CreateDirectory(Path.Combine(program.Folder, "schemas")).FullName;
        var own = Directory.CreateDirectory(Path.Combine(folder, "acme")).FullName;
        program["ScimSlice__Schemas__Folder"] = folder;
        await File.WriteAllTextAsync(Path.Combine(folder, "a.json"), "{");
        await File.WriteAllTextAsync(Path.Combine(folder, "b.json"), """{"id":"urn:a:b","name":"B","attributes":[{"name":"x","type":"text"},{"name":"1"}]}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "c.json"), """{"extends":"urn:no:such","attributes":[{"name":"x"}]}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "d.json"), """{"id":"urn:a:d","name":"D","attributes":[{"name":"x"}]}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "e.json"), """{"id":"URN:a:d","name":"D","attributes":[{"name":"x"}]}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "readme.txt"), "not a schema");
        await File.WriteAllTextAsync(Path.Combine(own, "f.json"), "[]");
        await File.WriteAllTextAsync(Path.Combine(folder, "g.JSON"), "{]");
        await File.WriteAllTextAsync(Path.Combine(folder, "h.json"), "");
        await File.WriteAllTextAsync(Path.Combine(folder, ".i.json"), "{");
        Directory.CreateDirectory(Path.Combine(own, "deeper"));
        Directory.CreateDirectory(Path.Combine(folder, " no name"));

        var results = new[] { await program.RunAsync("config", "check"), await program.RunAsync(), await program.RunAsync("org", "list") };

        results.Should().AllSatisfy(result =>
        {
            result.ExitCode.Should().Be(1);
            result.Output.Should().BeEmpty();
            result.ErrorLines.Should().HaveCount(10);
            foreach (var (file, fault) in ((string, string)[])[("a.json", "JSON"), ("b.json", "type"), ("b.json", "no name"), ("c.json", "urn:no:such"), ("e.json", "another file"), ("f.json", "object"), ("g.JSON", "JSON"), ("h.json", "0 bytes"), ("deeper", "one folder up"), (" no name", "not named like")])
            {
                result.ErrorLines.Should().Contain(line => line.Contains(file, StringComparison.Ordinal) && line.Contains(fault, StringComparison.Ordinal));
            }
        });
    }

    [Fact]
    public async Task A_folder_that_is_not_there_stops_the_start()
    {
        await using var program = new ScimProgram();
        program["ScimSlice__Schemas__Folder"] = Path.Combine(program.Folder, "nowhere");

        var result = await program.RunAsync();

        result.ExitCode.Should().Be(1);
        result.ErrorLines.Should().ContainSingle().Which.Should().Contain("Schemas:Folder").And.Contain("nowhere");
    }

    [Fact]
    public async Task An_export_with_attributes_that_the_other_side_does_not_have_is_refused_there()
    {
        await using var program = new ScimProgram();
        var folder = Directory.CreateDirectory(Path.Combine(program.Folder, "schemas")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a.json"), """{"extends":"urn:ietf:params:scim:schemas:core:2.0:User","attributes":[{"name":"floor","type":"integer"}]}""");
        program["ScimSlice__Schemas__Folder"] = folder;
        program["ScimSlice__Bootstrap__Token"] = "bootstrap-token-of-these-tests-0123456789abcdef";
        await program.ServeAsync();
        await program.CreateClient("bootstrap-token-of-these-tests-0123456789abcdef").CreateUserAsync("ana", "\"floor\":3");
        var file = Path.Combine(program.Folder, "export.jsonl");
        await program.RunJsonAsync("export", "default", file);
        await using var without = new ScimProgram();
        await using var with = new ScimProgram();
        with["ScimSlice__Schemas__Folder"] = folder;

        var refused = await without.RunAsync("import", file);
        var taken = await with.RunAsync("import", file);

        refused.ExitCode.Should().Be(1);
        refused.ErrorLines.Should().ContainSingle().Which.Should().Contain("floor");
        taken.ExitCode.Should().Be(0, taken.Error);
    }
}
