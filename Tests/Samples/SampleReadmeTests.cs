using System.Text.RegularExpressions;
using FluentAssertions;
using ScimSlice.Tests.Architecture;
using Xunit;

namespace ScimSlice.Tests.Samples;

/// <summary>The page of the samples says how each is run.</summary>
public sealed partial class SampleReadmeTests
{
    [Fact]
    public void It_names_each_sample_and_all_that_it_is_told_by_the_environment()
    {
        var page = SourceTree.Read("samples/README.md");
        var samples = Directory.GetFiles(Path.Combine(SourceTree.Root, "samples"), "*.py");

        samples.Should().HaveCount(2).And.AllSatisfy(sample => page.Should().Contain($"python3 samples/{Path.GetFileName(sample)} "));
        samples.SelectMany(sample => Setting().Matches(File.ReadAllText(sample)).Select(match => match.Groups[1].Value)).Should().HaveCount(3).And.AllSatisfy(name => page.Should().Contain($"{name}="));
    }

    [GeneratedRegex("""os\.environ\["(\w+)"\]""")]
    private static partial Regex Setting();
}
