using System.Globalization;
using FluentAssertions;
using ScimSlice.Tests.Architecture;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Deploy;

public class DockerfileTests
{
    [Fact]
    public void The_program_runs_as_a_user_without_rights_on_a_base_without_a_shell()
    {
        var (user, from) = (ImageFile.One("USER"), ImageFile.One("FROM"));

        user.Should().Be("1654:1654");
        from.Should().EndWith("-chiseled-extra");
        ImageFile.Final.Should().NotContain(line => line.Name == "RUN" || line.Name == "ADD");
    }

    [Fact]
    public void All_that_is_written_lies_in_the_volume_which_belongs_to_that_user()
    {
        var copies = ImageFile.Final.Where(line => line.Name == "COPY").Select(line => line.Arguments);

        ImageFile.Environment["ScimSlice__Database__ConnectionString"].Should().StartWith($"Data Source={ImageFile.Volume}/");
        ImageFile.Environment["TMPDIR"].Should().Be(ImageFile.Volume);
        ImageFile.Environment["DOTNET_EnableDiagnostics"].Should().Be("0", "its socket would be in /tmp");
        copies.Should().ContainSingle(copy => copy.Contains($"--chown={ImageFile.User}:{ImageFile.User} ", StringComparison.Ordinal))
            .Which.Should().EndWith($" {ImageFile.Volume}");
    }

    [Fact]
    public void The_port_that_is_told_is_the_one_that_is_listened_on()
    {
        var port = ImageFile.Environment["ASPNETCORE_HTTP_PORTS"];

        port.Should().Be(ImageFile.Port);
        int.Parse(port, CultureInfo.InvariantCulture).Should().BeGreaterThan(1023, "a port below it needs a capability");
    }

    [Fact]
    public async Task The_health_check_is_a_verb_of_the_program_that_is_started()
    {
        await using var program = new ScimProgram();
        var (start, check) = (ImageFile.Command("ENTRYPOINT"), ImageFile.Command("HEALTHCHECK"));

        var unserved = await program.RunAsync([.. check.Skip(start.Count)]);

        check.Take(start.Count).Should().Equal(start);
        unserved.ExitCode.Should().Be(1, "nobody serves here");
        unserved.Error.Should().Contain("does not answer");
        ImageFile.One("STOPSIGNAL").Should().Be("SIGTERM");
    }

    [Fact]
    public void Packages_are_restored_as_locked_for_every_platform_that_images_are_built_for()
    {
        var restore = ImageFile.All.Single(line => line.Name == "RUN" && line.Arguments.Contains("dotnet restore ScimSlice.csproj", StringComparison.Ordinal)).Arguments;
        var copied = ImageFile.All.First(line => line.Name == "COPY").Arguments.Split(' ');

        restore.Should().Contain(" --locked-mode ");
        copied.Should().Contain(["packages.*.lock.json", "Directory.Build.props", "allowed-advisories.props", "nuget.config"]);
        LockFile.Platforms.Should().BeEquivalentTo("linux-x64", "linux-arm64");
    }

    [Fact]
    public void What_is_copied_is_there_and_let_through()
    {
        var sources = ImageFile.All.Where(line => line.Name == "COPY" && !line.Arguments.StartsWith("--", StringComparison.Ordinal))
            .SelectMany(line => line.Arguments.Split(' ')[..^1]).Where(source => source is not ".").ToArray();
        var through = SourceTree.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();

        sources.Should().HaveCountGreaterThan(5);
        sources.Should().OnlyContain(source => Directory.EnumerateFileSystemEntries(SourceTree.Root, source).Any());
        sources.Should().OnlyContain(source => through.Any(line => line == source || line.StartsWith(source + "/", StringComparison.Ordinal)));
        through.Should().OnlyContain(line => Directory.EnumerateFileSystemEntries(SourceTree.Root, line).Any());
    }
}
