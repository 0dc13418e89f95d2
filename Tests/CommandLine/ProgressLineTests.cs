using FluentAssertions;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.CommandLine;

public sealed class ProgressLineTests
{
    [Fact]
    public void Progress_is_told_after_two_seconds_and_every_two_seconds_from_then()
    {
        var clock = new ManualClock();
        using var output = new StringWriter();
        var progress = new ProgressLine("import", clock, output);

        foreach (var (lines, seconds) in ((long, double)[])[(1, 1.9), (2, 0.2), (3, 1.9), (4, 0.1), (1234567, 2)])
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            progress.Tell($"{lines} lines read");
        }

        output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
            .Should().Equal("import: 2 lines read", "import: 4 lines read", "import: 1234567 lines read");
    }
}
