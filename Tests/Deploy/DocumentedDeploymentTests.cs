using System.Text.RegularExpressions;
using FluentAssertions;
using ScimSlice.Tests.Architecture;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Deploy;

/// <summary>What operators are told to type, in deploy and in the docs.</summary>
public partial class DocumentedDeploymentTests
{
    private static readonly string[] Pages = [.. DeployFile.All.Select(file => file.Path), "deploy/check-container.sh", "docs/operating.md", "README.md", "Dockerfile"];

    [Fact]
    public async Task Every_setting_that_is_named_is_one_of_the_program()
    {
        await using var program = new ScimProgram();
        var named = Pages.SelectMany(page => Setting().Matches(SourceTree.Read(page)).Select(match => match.Value)).Distinct().ToArray();
        foreach (var name in named)
        {
            program[name] = "1";
        }

        var check = await program.RunAsync("config", "check");

        named.Should().HaveCountGreaterThan(7);
        check.Error.Should().NotContain("is not a setting");
    }

    [Fact]
    public async Task Every_verb_that_is_run_in_a_container_is_one_of_the_program()
    {
        await using var program = new ScimProgram();
        var verbs = Pages.SelectMany(page => Verb().Matches(SourceTree.Read(page)).Select(match => match.Groups[1].Value.Trim()))
            .Where(verb => verb.Length > 0).Distinct().ToArray();

        verbs.Should().HaveCountGreaterThan(4);
        foreach (var verb in verbs)
        {
            var help = await program.RunAsync([.. verb.Split(' '), "--help"]);

            help.ExitCode.Should().Be(0, "of '{0}'", verb);
            help.Output.Should().Contain($"ScimSlice {verb}", "of '{0}'", verb);
        }
    }

    [Fact]
    public void The_image_has_one_name_and_version_everywhere()
    {
        var tags = Pages.SelectMany(page => Tag().Matches(SourceTree.Read(page)).Select(match => match.Value)).ToArray();

        tags.Should().HaveCountGreaterThan(4).And.OnlyContain(tag => tag == ImageFile.Tag);
    }

    [Fact]
    public void Every_file_of_deploy_that_is_named_is_there()
    {
        var files = Pages.SelectMany(page => FilePath().Matches(SourceTree.Read(page)).Select(match => match.Value)).Distinct().ToArray();

        files.Should().HaveCountGreaterThan(5).And.OnlyContain(file => File.Exists(Path.Combine(SourceTree.Root, file)));
        DeployFile.All.Select(file => file.Path).Should().BeSubsetOf(files, "each is told of");
    }

    [GeneratedRegex(@"ScimSlice(__[A-Z]\w*?)+\b")]
    private static partial Regex Setting();

    /// <summary>Words in small letters behind the program's file: the names of verbs, one or, behind a noun, two.</summary>
    [GeneratedRegex(@"/app/ScimSlice\.dll((?: (?:org|token|user|migrate|config) [a-z-]+| [a-z]+)?)")]
    private static partial Regex Verb();

    [GeneratedRegex(@"\bscimslice:\d[\w.]*")]
    private static partial Regex Tag();

    [GeneratedRegex(@"deploy/[\w./-]*\.(?:yaml|sh)")]
    private static partial Regex FilePath();
}
