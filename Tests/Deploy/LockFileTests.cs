using System.Xml.Linq;
using FluentAssertions;
using ScimSlice.Tests.Architecture;
using Xunit;

namespace ScimSlice.Tests.Deploy;

public class LockFileTests
{
    [Fact]
    public void The_image_is_built_from_the_packages_that_were_tested()
    {
        var tested = LockFile.Read("packages.lock.json");

        tested.Should().HaveCountGreaterThan(10).And.OnlyContain(package => package.Length > 80, "each has a hash");
        LockFile.Platforms.Should().HaveCount(2);
        LockFile.Platforms.Should().AllSatisfy(platform => LockFile.Read($"packages.{platform}.lock.json").Should().Equal(tested));
        LockFile.Platforms.Should().AllSatisfy(platform => LockFile.PlatformsOf($"packages.{platform}.lock.json").Should().Equal(platform));
        LockFile.PlatformsOf("packages.lock.json").Should().BeEmpty("whoever just builds would fetch the runtimes of all of them");
    }

    [Theory]
    [InlineData("ScimSlice.csproj", "packages.lock.json")]
    [InlineData("Tests/ScimSlice.Tests.csproj", "Tests/packages.lock.json")]
    [InlineData("Benchmarks/ScimSlice.Benchmarks.csproj", "Benchmarks/packages.lock.json")]
    public void Every_package_of_a_project_is_locked(string project, string file)
    {
        var wanted = XDocument.Parse(SourceTree.Read(project)).Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value);

        var locked = LockFile.Read(file).Select(line => line.Split(' ')[0]).ToArray();

        locked.Should().NotBeEmpty();
        wanted.Except(locked).Should().BeEmpty();
    }
}
