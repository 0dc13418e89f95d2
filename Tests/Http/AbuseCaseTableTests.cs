using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using ScimSlice.Tests.Architecture;
using Xunit;

namespace ScimSlice.Tests.Http;

/// <summary>The page of other implementations' flaws names tests that there are.</summary>
public sealed partial class AbuseCaseTableTests
{
    private static readonly string[] Rows = [.. SourceTree.Read("docs/abuse-cases.md").Split('\n').Where(line => line.StartsWith('|')).Skip(2)];

    private static readonly HashSet<string> Tests =
    [
        .. typeof(AbuseCaseTableTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}")),
    ];

    [Fact]
    public void Every_flaw_names_tests_that_exist()
    {
        Rows.Should().HaveCountGreaterThan(25);
        Rows.Should().AllSatisfy(row => Named(row).Should().NotBeEmpty().And.BeSubsetOf(Tests));
    }

    [Fact]
    public void Every_abuse_case_stands_on_the_page() =>
        Rows.SelectMany(Named).Should().Contain(Tests.Where(test => test.StartsWith($"{nameof(AbuseCaseTests)}.", StringComparison.Ordinal)));

    private static string[] Named(string row) => [.. Name().Matches(row).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([A-Za-z]+Tests\\.[A-Za-z0-9_]+)`")]
    private static partial Regex Name();
}
