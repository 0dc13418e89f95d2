using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>A file of Features named with a verb is an operation, a slice; a file named with a noun serves slices.</summary>
public sealed partial class SliceTests
{
    private const int MaxLines = 200;
    private const int MaxProgramLines = 150;

    private static readonly string[] Verbs =
    [
        "Acknowledge", "Add", "Announce", "Assign", "Authenticate", "Bootstrap", "Cancel", "Change", "Check", "Collect", "Count", "Create", "Deactivate", "Delete", "Drop",
        "Deliver", "Disable", "Enable", "End", "Export", "Fill", "Find", "Get", "Import", "Index", "Issue", "List", "Merge", "Move", "Notify", "Patch", "Poll", "Publish",
        "Purge", "Put", "Read", "Receive", "Remove", "Rename", "Replace", "Replay", "Resend", "Reset", "Restore", "Retry", "Revoke", "Rotate", "Run",
        "Search", "Send", "Set", "Show", "Start", "Stop", "Subscribe", "Test", "Unsubscribe", "Update", "Verify", "Watch",
    ];

    private static readonly (string Member, string Pattern, bool Required)[] Members =
    [
        ("From", @"\bFrom\w*\s*\(\s*(?:ScimRequest|TokenRequest|AuthenticatedClient)\b", false),
        ("Command or Query", @"\brecord\s+(?:Command|Query)\b", true),
        ("Validator", @"\bclass\s+Validator\b", true),
        ("Handler", @"\bclass\s+Handler\b", true),
    ];

    private static readonly Rule IsNamedForWhatItIs = Rule.ForEach(Names);

    private static readonly Rule KnowsNoSibling = new(files => files.SelectMany(file => Siblings(file, [.. files.Where(IsSlice)])));

    private static readonly Rule SaysWhatItServes = Rule.ForEach(Summaries);

    private static readonly Rule HasTheAnatomy = Rule.ForEach(Anatomy);

    private static readonly Rule IsShort = Rule.ForEach(file => file.Lines > Limit(file) ? [file.At(0, $"{file.Lines} lines; the limit is {Limit(file)}")] : []);

    private static IReadOnlyList<SourceFile> Slices => [.. SourceTree.Under("Features").Where(IsSlice)];

    [Fact]
    public void Operations_are_named_with_a_verb_and_nothing_else_is() => IsNamedForWhatItIs.HoldsIn(SourceTree.Under("Features"));

    [Fact]
    public void No_slice_is_named_by_another_file_of_its_feature_but_the_verbs_of_the_command_line() => KnowsNoSibling.HoldsIn(SourceTree.Under("Features"));

    [Fact]
    public void A_slice_says_in_one_line_what_it_serves() => SaysWhatItServes.HoldsIn(Slices);

    [Fact]
    public void The_members_of_a_slice_stand_in_the_order_that_a_request_travels() => HasTheAnatomy.HoldsIn(Slices);

    [Fact]
    public void A_slice_has_200_lines_at_most_and_Program_150()
    {
        IsShort.HoldsIn(Slices);
        IsShort.HoldsIn([.. SourceTree.Product.Where(file => file.Path == "Program.cs")]);
    }

    [Fact]
    public void The_slices_are_seen() => Slices.Select(slice => slice.Name).Should().HaveCountGreaterThan(15).And.Contain(["CreateUser", "ListUsers", "IssueToken"]);

    [Theory]
    [InlineData("UserCreation", "public static class UserCreation { public sealed record Command(string Id); }")]
    [InlineData("Deactivation", "public static class Deactivation\n{\n    public sealed record Query; // !\n}")]
    [InlineData("CreateUser", "public static class CreateUser { }")]
    public void A_misnamed_operation_is_caught(string name, string code) => IsNamedForWhatItIs.Catches($"Features/Users/{name}.cs", code);

    [Theory]
    [InlineData("DeletedUserRow", "public sealed record DeletedUserRow(string Id);")]
    [InlineData("ListedUser", "public sealed record ListedUser(string Id);")]
    [InlineData("GetUser", "public static class GetUser { public sealed record Query(string Id); }")]
    public void Nouns_and_operations_are_told_apart(string name, string code) => IsNamedForWhatItIs.Allows($"Features/Users/{name}.cs", code);

    [Theory]
    [InlineData("PatchUser", "class PatchUser\n{\n    record Command;\n    object a = new GetUser.Query(); // !\n}")]
    [InlineData("PatchUser", "using static ScimSlice.Features.Users.GetUser; // !\nclass PatchUser { record Command; }")]
    [InlineData("PatchUser", "class PatchUser\n{\n    record Command;\n    Users.GetUser.Query a; // !\n}")]
    [InlineData("UserRules", "class UserRules\n{\n    object a = GetUser.From(b); // !\n}")]
    public void A_slice_named_by_its_neighbour_is_caught(string name, string code) => KnowsNoSibling.Catches($"Features/Users/{name}.cs", code, Planted("GetUser"));

    [Theory]
    [InlineData("PatchUser", "class PatchUser { record Command; } // like GetUser")]
    [InlineData("PatchUser", "class PatchUser { record Command; string a = \"GetUser\"; object b = c.GetUser(); }")]
    [InlineData("UserVerbs", "class UserVerbs { object a = new GetUser.Query(); }")]
    public void What_only_looks_like_a_neighbour_is_allowed(string name, string code) => KnowsNoSibling.Allows($"Features/Users/{name}.cs", code, Planted("GetUser"));

    [Theory]
    [InlineData("public static class GetUser { public static Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>Gets a user.</summary>\npublic static class GetUser { public static Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>GET /Users/{id}: one user.</summary>\npublic static class GetUser { public static Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>GET /Users/{id} one user. RFC 7644 §3.4.1.</summary>\npublic static class GetUser { public static Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>FETCH /Users/{id}: one user. RFC 7644 §3.4.1.</summary>\npublic static class GetUser { public static Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>Issues a token.</summary>\npublic static class IssueToken { public sealed record Command(string Name); }")]
    public void A_slice_that_does_not_say_what_it_serves_is_caught(string code) => SaysWhatItServes.Catches("Features/Users/GetUser.cs", code);

    [Theory]
    [InlineData("/// <summary>GET /Users/{id}: one user. RFC 7644 §3.4.1.</summary>\npublic static class GetUser { Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>GET /A and POST /A/.search: some, by pages. RFC 7643 §3, RFC 7644 §3.4.2, §3.4.3.</summary>\nclass GetUser { Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>\n/// GET /Users/{id}: one user,\n/// the whole. RFC 7644 §3.\n/// </summary>\npublic static class GetUser { Query From(ScimRequest request) => new(); }")]
    [InlineData("/// <summary>GET /api/v1/events: what happened.</summary>\npublic static class GetUser { Query From(ApiRequest request) => new(); }")]
    [InlineData("/// <summary><c>token revoke ORG</c>: ends a token.</summary>\npublic static class GetUser { public sealed record Command(string Name); }")]
    [InlineData("/// <summary>At the start: makes sure of one.</summary>\npublic static class GetUser { public sealed record Command(string Name); }")]
    public void A_slice_that_says_it_is_allowed(string code) => SaysWhatItServes.Allows("Features/Users/GetUser.cs", code);

    [Theory]
    [InlineData("class GetUser\n{\n    record Query(string Id);\n    class Handler : IQueryHandler<Query> { } // !\n    class Validator : AbstractValidator<Query>;\n}")]
    [InlineData("class GetUser\n{\n    record Query(string Id); // !\n    static Query From(ScimRequest request) => new();\n    class Validator;\n    class Handler;\n}")]
    [InlineData("class GetUser\n{\n    record Query(string Id);\n    class Handler : IQueryHandler<Query>;\n}")]
    [InlineData("class GetUser\n{\n    record Query(string Id);\n    class Validator : AbstractValidator<Query>;\n}")]
    public void Members_missing_or_out_of_order_are_caught(string code) => HasTheAnatomy.Catches("Features/Users/GetUser.cs", code);

    [Fact]
    public void A_long_slice_is_caught()
    {
        IsShort.Catches("Features/Users/GetUser.cs", new string('\n', MaxLines) + "// end\n");
        IsShort.Allows("Features/Users/GetUser.cs", new string('\n', MaxLines - 1) + "// end\n");
        IsShort.Catches("Program.cs", new string('\n', MaxProgramLines) + "// end\n");
        IsShort.Allows("Program.cs", new string('\n', MaxProgramLines - 1) + "// end\n");
    }

    private static bool IsSlice(SourceFile file) => Message().IsMatch(file.Code);

    private static SourceFile Planted(string name) => new($"Features/Users/{name}.cs", $"public static class {name} {{ public sealed record Query(string Id); }}");

    private static int Limit(SourceFile file) => file.Path == "Program.cs" ? MaxProgramLines : MaxLines;

    private static IEnumerable<Violation> Names(SourceFile file)
    {
        var startsWithVerb = Verbs.Any(verb => file.Name.StartsWith(verb, StringComparison.Ordinal) && file.Name[verb.Length..] is [>= 'A' and <= 'Z', ..]);
        if (Message().Match(file.Code) is { Success: true } message)
        {
            if (!startsWithVerb)
            {
                yield return file.At(message.Index, $"an operation in a file named with a noun; begin its name with a verb such as {string.Join(", ", Verbs.Take(8))}");
            }
        }
        else if (startsWithVerb)
        {
            yield return file.At(0, "a file named with a verb that holds no Command and no Query");
        }
    }

    private static IEnumerable<Violation> Siblings(SourceFile file, IReadOnlyList<SourceFile> slices)
    {
        if (!IsSlice(file) && file.Name.EndsWith("Verbs", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (var slice in slices.Where(slice => slice.Folder == file.Folder && slice.Path != file.Path))
        {
            var feature = slice.Folder.Split('/')[^1];
            foreach (Match match in Regex.Matches(file.Code, $@"(?:(?<![\w.])|(?<=(?<![\w.])(?:[\w.]+\.)?{feature}\.)){slice.Name}\b"))
            {
                yield return file.At(match.Index, $"the slice {slice.Name} is named by its neighbour {file.Name}");
            }
        }
    }

    private static IEnumerable<Violation> Summaries(SourceFile file)
    {
        var match = ClassSummary().Match(file.Text);
        var summary = Regex.Replace(match.Groups["text"].Value, @"\s*\n\s*///\s*", " ").Trim();
        var servesHttp = ReadsRequest().IsMatch(file.Code);
        var servesApi = ReadsApiRequest().IsMatch(file.Code);
        if (!(servesHttp ? HttpSummary() : servesApi ? ApiSummary() : VerbSummary()).IsMatch(summary))
        {
            var expected = servesHttp ? "VERB /path: what. RFC nnnn §x." : servesApi ? "VERB /api/v1/path: what." : "<c>verb of the command line</c>: what.";
            yield return file.At(match.Success ? match.Groups["text"].Index : 0, $"the summary reads '{summary}'; its form is '{expected}'");
        }
    }

    private static IEnumerable<Violation> Anatomy(SourceFile file)
    {
        var previous = 0;
        foreach (var (member, pattern, required) in Members)
        {
            var match = Regex.Match(file.Code, pattern);
            if (match.Success && match.Index < previous)
            {
                yield return file.At(match.Index, $"{member} stands out of order, which is From, Command or Query, Validator, Handler");
            }
            else if (match.Success)
            {
                previous = match.Index;
            }
            else if (required)
            {
                yield return file.At(0, $"the slice has no {member}");
            }
        }
    }

    [GeneratedRegex(@"\brecord\s+(?:Command|Query)\b")]
    private static partial Regex Message();

    [GeneratedRegex(@"\bFrom\w*\s*\(\s*(?:ScimRequest|TokenRequest|AuthenticatedClient)\b")]
    private static partial Regex ReadsRequest();

    [GeneratedRegex(@"\bFrom\w*\s*\(\s*ApiRequest\b")]
    private static partial Regex ReadsApiRequest();

    [GeneratedRegex(@"^(?:GET|POST|PUT|PATCH|DELETE) /api/v1/\S+(?:(?:,| and) (?:GET|POST|PUT|PATCH|DELETE) /api/v1/\S+)*: .+\.$")]
    private static partial Regex ApiSummary();

    [GeneratedRegex(@"/// <summary>(?<text>(?:(?!</summary>)[\s\S])*)</summary>(?:\s*///[^\n]*)*\s*(?:public|internal)?\s*(?:static\s+)?(?:partial\s+)?class\b")]
    private static partial Regex ClassSummary();

    [GeneratedRegex(@"^(?:GET|POST|PUT|PATCH|DELETE) /\S*(?:(?:,| and) (?:GET|POST|PUT|PATCH|DELETE) /\S*)*: .+\. RFC \d{4} §\d[\d.]*(?:, (?:RFC \d{4} )?§\d[\d.]*)*\.$")]
    private static partial Regex HttpSummary();

    [GeneratedRegex("^(?:<c>[a-z].+</c>|At the [^:]+|Every [^:]+|When [^:]+): .+\\.$")]
    private static partial Regex VerbSummary();
}
