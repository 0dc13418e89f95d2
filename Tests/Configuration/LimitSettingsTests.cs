using System.Text.Json;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using ScimSlice.Infrastructure.Configuration;
using Xunit;

namespace ScimSlice.Tests.Configuration;

public sealed class LimitSettingsTests
{
    [Theory]
    [InlineData("MaxBodyBytes", 1024, 67_108_864)]
    [InlineData("MaxLargeBodyBytes", 1024, 67_108_864)]
    [InlineData("MaxJsonDepth", 8, 128)]
    [InlineData("MaxJsonTokens", 1000, 4_000_000)]
    [InlineData("MaxFilterLength", 256, 65_536)]
    [InlineData("MaxFilterDepth", 1, 100)]
    [InlineData("MaxFilterTerms", 1, 300)]
    [InlineData("MaxPatchOperations", 1, 10_000)]
    [InlineData("MaxBulkOperations", 1, 10_000)]
    [InlineData("MaxPageSize", 1, 1000)]
    [InlineData("DefaultPageSize", 1, 1000)]
    [InlineData("RequestSeconds", 1, 3600)]
    [InlineData("MaxRequestLineBytes", 1024, 262_144)]
    [InlineData("MaxHeaderBytes", 1024, 262_144)]
    [InlineData("MaxHeaderCount", 10, 1000)]
    [InlineData("HeaderSeconds", 1, 3600)]
    [InlineData("MinBytesPerSecond", 1, 1_000_000)]
    [InlineData("GraceSeconds", 2, 3600)]
    [InlineData("KeepAliveSeconds", 1, 3600)]
    [InlineData("MaxStreamsPerConnection", 1, 1000)]
    [InlineData("MaxConnections", 0, int.MaxValue)]
    [InlineData("RequestsPerSecond", 0, int.MaxValue)]
    [InlineData("Burst", 1, int.MaxValue)]
    [InlineData("ConcurrentRequests", 0, int.MaxValue)]
    [InlineData("FailedAttemptsPerMinute", 0, int.MaxValue)]
    public void A_limit_is_taken_within_its_range_and_told_as_a_fault_beyond_it(string name, int least, int most)
    {
        Faults(name, $"{least}").Should().BeEmpty();
        Faults(name, $"{most}").Should().BeEmpty();
        foreach (var beyond in (string[])[$"{least - 1L}", $"{most + 1L}", "", "1.5", "many"])
        {
            Faults(name, beyond).Should().ContainSingle().Which.Should().StartWith($"ScimSlice:Limits:{name} ");
        }
    }

    [Fact]
    public void Every_limit_stands_in_the_settings_file_with_its_default()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "appsettings.json")));
        var listed = file.RootElement.GetProperty("ScimSlice").GetProperty("Limits").EnumerateObject().ToDictionary(limit => $"Limits:{limit.Name}", limit => limit.Value.GetInt32());

        var defaults = Read([]).Limits;
        var set = Read(listed.ToDictionary(limit => limit.Key, limit => $"{limit.Value}"));

        listed.Keys.Should().BeEquivalentTo(defaults.Keys);
        set.Faults.Should().BeEmpty();
        set.Limits.Should().BeEquivalentTo(defaults);
    }

    [Theory]
    [InlineData("DefaultPageSize", "201", "MaxPageSize")]
    [InlineData("MaxBodyBytes", "4194305", "MaxLargeBodyBytes")]
    public void A_limit_that_another_one_makes_impossible_is_told_as_a_fault(string name, string value, string other)
    {
        var faults = Read(new Dictionary<string, string> { [$"Limits:{name}"] = value }).Faults;

        faults.Should().ContainSingle().Which.Should().StartWith($"ScimSlice:Limits:{name} ").And.Contain($"Limits:{other}");
    }

    /// <summary>The faults of a limit, beside others that leave room for all that it may be.</summary>
    private static IReadOnlyList<string> Faults(string name, string value) => Read(new Dictionary<string, string>
    {
        ["Limits:MaxBodyBytes"] = "1024",
        ["Limits:MaxLargeBodyBytes"] = "67108864",
        ["Limits:DefaultPageSize"] = "1",
        ["Limits:MaxPageSize"] = "1000",
        [$"Limits:{name}"] = value,
    }).Faults;

    private static ScimSliceOptions Read(Dictionary<string, string> settings) => ScimSliceOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"ScimSlice:{setting.Key}", (string?)setting.Value))).Build());
}
