using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FluentAssertions;
using ScimSlice.Tests.Architecture;
using Xunit;

namespace ScimSlice.Tests.Conformance;

/// <summary>Every requirement has tests that show it, and docs/conformance.md says which.</summary>
public sealed class ConformanceTests
{
    /// <summary>The numbered assertions, 1 to this.</summary>
    private const int Assertions = 157;

    private const string Page = "docs/conformance.md";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    private static readonly Requirement[] Requirements = Read();

    [Fact]
    public void Every_assertion_is_there_once_and_says_where_it_comes_from()
    {
        Requirements.Select(requirement => requirement.Id).Should().OnlyHaveUniqueItems()
            .And.Contain(Enumerable.Range(1, Assertions).Select(number => number.ToString(CultureInfo.InvariantCulture)));
        Requirements.Should().OnlyContain(requirement => requirement.Says.Length > 10 && requirement.Source.Length > 0);
    }

    [Fact]
    public void Every_requirement_that_is_built_has_tests_that_run()
    {
        foreach (var requirement in Requirements)
        {
            var faults = requirement.Tests.Select(Fault).OfType<string>().ToArray();
            faults.Should().BeEmpty($"of {requirement.Id}, {requirement.Says}");
            (requirement.Tests.Count > 0 ^ requirement.Waits is not null).Should().BeTrue($"{requirement.Id} has tests, or waits for what is not built");
            requirement.Waits.Should().BeOneOf(null, "groups", "events");
        }
    }

    [Theory]
    [InlineData("Features.Users.CreateUserTests.No_such_test", "is no test")]
    [InlineData("Features.Users.NoSuchTests.A_name", "is no test")]
    [InlineData("Support.ScimClient.GetAsync", "is no test")]
    public void A_test_that_is_not_there_is_noticed(string test, string fault) => Fault(test).Should().Contain(fault);

    /// <summary>SCIMSLICE_WRITE_PAGES=1 writes the page anew.</summary>
    [Fact]
    public void The_page_tells_them_all()
    {
        var page = Write();
        if (Environment.GetEnvironmentVariable("SCIMSLICE_WRITE_PAGES") == "1")
        {
            File.WriteAllText(Path.Combine(SourceTree.Root, Page), page);
        }

        SourceTree.Read(Page).ReplaceLineEndings("\n").Should().Be(page, $"{Page} is generated: run this test with SCIMSLICE_WRITE_PAGES=1");
    }

    private static Requirement[] Read()
    {
        using var json = Assembly.GetExecutingAssembly().GetManifestResourceStream("Conformance/requirements.json")!;
        return JsonSerializer.Deserialize<Requirement[]>(json, Options)!;
    }

    /// <summary>Why a name is not that of a test which runs; null where it is.</summary>
    private static string? Fault(string test)
    {
        var dot = test.LastIndexOf('.');
        var method = Assembly.GetExecutingAssembly().GetType($"ScimSlice.Tests.{test[..dot]}")?.GetMethod(test[(dot + 1)..]);

        // A theory is a fact, too.
        return method?.GetCustomAttribute<FactAttribute>() is { } fact
            ? fact.GetType() == typeof(FactAttribute) || fact.GetType() == typeof(TheoryAttribute) ? fact.Skip is null ? null : $"{test} is skipped" : $"{test} does not run everywhere"
            : $"{test} is no test";
    }

    private static string Write()
    {
        var built = Requirements.Count(requirement => requirement.Waits is null);
        string[] head =
        [
            "# What the RFCs ask for, and which test shows it",
            "",
            string.Create(CultureInfo.InvariantCulture, $"{Requirements.Length} requirements of RFC 7643, 7644, 9865 and 9967 and of what they rest on: {(built == Requirements.Length ? "each is shown by tests." : $"{built} are shown by tests, the others wait.")}"),
            "Numbers are those of the assertions, M… what the RFCs demand beyond them. \"decision\"",
            "stands where they are silent or contradict themselves; [0005](decisions/0005-where-the-rfcs-are-silent.md) has what was decided.",
            "",
            "This page is generated from `Tests/Conformance/requirements.json` and checked by a test, which also fails where a requirement has no",
            "test or names one that does not run. To write it anew: `SCIMSLICE_WRITE_PAGES=1 dotnet test --filter ConformanceTests`.",
            "",
            "| # | Requirement | Ground | Shown by |",
            "| --- | --- | --- | --- |",
        ];
        return string.Concat(head.Concat(Requirements.Select(Line)).Select(line => $"{line}\n"));
    }

    private static string Line(Requirement requirement)
    {
        var shown = requirement.Waits is null ? string.Join("<br>", requirement.Tests.Select(test => $"`{Short(test)}`")) : $"*waits for {requirement.Waits}*";
        return $"| {requirement.Id} | {requirement.Says.Replace("|", "\\|", StringComparison.Ordinal)} | {requirement.Source} | {shown} |";
    }

    /// <summary>Class and method.</summary>
    private static string Short(string test) => string.Join('.', test.Split('.')[^2..]);
}
