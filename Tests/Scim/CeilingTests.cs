using System.Text;
using FluentAssertions;
using ScimSlice.Features.Bulk;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Scim;

/// <summary>
/// The greatest limits that may be set, on a stack of a third of what .NET's own threads have: a stack overflow would end the process, and
/// with it this run.
/// </summary>
public sealed class CeilingTests
{
    private const int SmallStack = 512 * 1024;

    private static readonly ScimLimits Most = ScimLimits.Ceiling;

    private static readonly string[] Filters =
    [
        Nested("(", "title pr", ")"),
        Nested("not (", "title pr", ")"),
        Nested("(", Terms("title eq \"a\"", " or "), ")"),
        Nested("not (", Terms("emails.value co \"a\"", " and "), ")"),
        Terms("not (title eq \"a\")", " and "),
        // The brackets are a level, and what they belong to is a term.
        $"emails[{Nested("not (", Terms("type eq \"work\"", " or ", Most.MaxFilterTerms - 1), ")", Most.MaxFilterDepth - 1)}]",
    ];

    [Fact]
    public void Filters_of_the_greatest_depth_and_length_are_worked_on()
    {
        var document = Sample.ReadUser("\"title\":\"a\",\"emails\":[{\"value\":\"a@example.com\",\"type\":\"work\"}]");

        Filters.Should().AllSatisfy(filter => OnSmallStack(() =>
        {
            var tree = FilterRules.Check(FilterParser.Parse(filter, Sample.User, Sample.Strict, Most), Sample.User, Sample.Strict);
            _ = FilterParser.Parse(tree.ToString()!, Sample.User, Sample.Strict, Most).Equals(tree);
            _ = tree.GetHashCode();
            _ = FilterRules.Names(tree, Sample.User).Count();
            _ = FilterMatch.Matches(tree, Sample.User, document.Attributes);
            _ = new FilterToSql(Sample.User, UserTable.Filtered, new SqliteDialect(), new SqlParameters()).Compile(tree);
        }));
    }

    [Fact]
    public void A_path_of_the_greatest_depth_and_length_is_worked_on()
    {
        var document = Sample.ReadUser("\"emails\":[{\"value\":\"a@example.com\",\"type\":\"work\"}]");
        var path = $"emails[{Nested("not (", Terms("type eq \"work\"", " or "), ")", Most.MaxFilterDepth - 1)}].display";

        OnSmallStack(() =>
        {
            PatchPathParser.Parse(path, Sample.User, Sample.Strict, Most).ToString().Should().StartWith("emails[");
            var body = StrictJson.Parse(Encoding.UTF8.GetBytes($$"""{"schemas":["{{PatchRequest.Urn}}"],"Operations":[{"op":"add","path":{{System.Text.Json.JsonSerializer.Serialize(path)}},"value":"x"}]}"""), Most);
            var patch = PatchRequest.Read(body, Sample.User, Sample.Lenient, Most);
            _ = Refusal.Of(() => new PatchEngine(Sample.Lenient, Patching.Patch.ReadOnly).Apply(document, patch));
        });
    }

    [Theory]
    [InlineData(128, "accepted")]
    [InlineData(129, "400 invalidSyntax")]
    public void JSON_of_the_greatest_depth_is_worked_on(int depth, string expected)
    {
        // In the data of an operation of Bulk, three levels down, and the user is the fourth.
        var inner = depth - 4;
        var user = ScimClient.User("ana", $"\"unknown\":{string.Concat(Enumerable.Repeat("{\"a\":", inner))}\"bulkId:x\"{new string('}', inner)}");
        var json = $$"""{"Operations":[{"data":{{user}}}]}""";

        OnSmallStack(() => Refusal.Told(() =>
        {
            var body = StrictJson.Parse(Encoding.UTF8.GetBytes(json), Most).GetProperty("Operations")[0].GetProperty("data");
            new ResourceReader(Sample.User, Sample.Lenient).Read(body);
            var names = new HashSet<string>(StringComparer.Ordinal);
            BulkReferences.Collect(body, names);
            names.Should().Equal("x");
            _ = BulkReferences.Replace(body, new Dictionary<string, string> { ["x"] = "1" });
            _ = BulkLink.Cut(body, names);
        }).Should().Be(expected));
    }

    [Fact]
    public async Task Both_engines_take_a_filter_of_the_greatest_depth_and_length()
    {
        await using var host = await StartedHost.StartAsync(
            "--ScimSlice:Limits:MaxFilterDepth", $"{Most.MaxFilterDepth}", "--ScimSlice:Limits:MaxFilterTerms", $"{Most.MaxFilterTerms}", "--ScimSlice:Limits:MaxFilterLength", $"{Most.MaxFilterLength}");
        var client = await host.Value.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", "\"title\":\"a\"");

        foreach (var filter in Filters)
        {
            var answer = await client.PostAsync("/Users/.search", $$"""{"schemas":["{{SearchRequest.Urn}}"],"filter":{{System.Text.Json.JsonSerializer.Serialize(filter)}}}""");

            answer.Status.Should().Be(200, $"{answer.Text} to {filter[..40]}");
        }
    }

    private static string Nested(string open, string inner, string close, int? depth = null) =>
        $"{string.Concat(Enumerable.Repeat(open, depth ?? Most.MaxFilterDepth))}{inner}{string.Concat(Enumerable.Repeat(close, depth ?? Most.MaxFilterDepth))}";

    private static string Terms(string term, string word, int? terms = null) => string.Join(word, Enumerable.Repeat(term, terms ?? Most.MaxFilterTerms));

    private static void OnSmallStack(Action work)
    {
        Exception? fault = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception thrown)
                {
                    fault = thrown;
                }
            },
            SmallStack);
        thread.Start();
        thread.Join();
        fault.Should().BeNull();
    }
}
