using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Deploy;

/// <summary>The repository's own audit settings, on a project that takes a package with a known advisory from a feed of the test's own.</summary>
public sealed class AuditTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly AdvisedFeed feed = new();

    public Task InitializeAsync() => feed.StartAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync() => await feed.DisposeAsync();

    // Nothing here asks a database; once is enough.
    [OnSqliteTheory]
    [InlineData(2, "NU1903")]
    [InlineData(3, "NU1904")]
    public async Task A_package_with_a_known_advisory_is_not_restored(int severity, string code)
    {
        feed.Severity = severity;

        var restore = await feed.RestoreAsync("");

        restore.ExitCode.Should().NotBe(0);
        restore.Output.Should().Contain($"error {code}").And.Contain(AdvisedFeed.Advisory);
    }

    [OnSqliteFact]
    public async Task A_moderate_advisory_stops_nobody()
    {
        feed.Severity = 1;

        var restore = await feed.RestoreAsync("");

        restore.ExitCode.Should().Be(0, restore.Output);
    }

    [OnSqliteTheory]
    [InlineData(1, true)]
    [InlineData(-1, false)]
    public async Task An_advisory_may_be_passed_over_until_its_day_is_past(int days, bool passes)
    {
        feed.Severity = 3;
        var until = DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

        var restore = await feed.RestoreAsync($"""<AllowedAdvisory Include="{AdvisedFeed.Advisory}" Until="{until}" Reason="it is never called" />""");

        (restore.ExitCode == 0).Should().Be(passes, restore.Output);
        restore.Output.Contains("error NU1904", StringComparison.Ordinal).Should().Be(!passes);
    }

    [OnSqliteTheory]
    [InlineData("""Until="2999-01-01" """, "has no Reason")]
    [InlineData("""Until="next year" Reason="it is never called" """, "has no day of the form")]
    public async Task An_advisory_is_passed_over_for_a_reason_and_until_a_day_only(string attributes, string fault)
    {
        feed.Severity = 3;

        var restore = await feed.RestoreAsync($"""<AllowedAdvisory Include="{AdvisedFeed.Advisory}" {attributes}/>""");

        restore.ExitCode.Should().NotBe(0);
        restore.Output.Should().Contain(fault);
    }
}
