using FluentAssertions;
using ScimSlice.Infrastructure.Storage;
using Xunit;

namespace ScimSlice.Tests.Storage;

public sealed class OwnFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("scimslice-own-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_is_readable_by_its_owner_only_and_overwrites_none()
    {
        var path = Path.Combine(folder, "a");
        OwnFile.Create(path).Dispose();

        var again = () => OwnFile.Create(path);

        again.Should().Throw<IOException>();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void A_nameless_file_keeps_what_is_written_and_leaves_nothing_behind()
    {
        var path = Path.Combine(folder, "b");
        using (var file = OwnFile.CreateNameless(path))
        {
            file.Write("kept"u8);
            file.Position = 0;
            using var reader = new StreamReader(file, leaveOpen: true);

            reader.ReadToEnd().Should().Be("kept");
            (OperatingSystem.IsWindows() || !File.Exists(path)).Should().BeTrue("a program that is killed leaves no name behind");
        }

        Directory.GetFiles(folder).Should().BeEmpty();
    }
}
