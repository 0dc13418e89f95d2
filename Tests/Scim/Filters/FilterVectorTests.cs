using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Filters;
using Xunit;

namespace ScimSlice.Tests.Scim.Filters;

/// <summary>The filter strings of other projects' tests, held against the printed grammar of RFC 7644 §3.4.2.2.</summary>
public sealed class FilterVectorTests
{
    private const string Dollar = "RFC 7643 §2.1 has $ in names, and $ref is one (EID 8924)";
    private const string Spaces = "spaces beyond the grammar's one separate nothing and change no meaning; EID 7319 brought one after not";

    /// <summary>
    /// What is outside the printed grammar and read all the same, each with its reason. The vectors' grammar has the space after
    /// <c>not</c> (EID 7319), parentheses inside brackets (EID 7322) and no value path in a value path (EID 4690) already.
    /// </summary>
    private static readonly Dictionary<string, string> Deviations = new()
    {
        ["$ref eq null"] = Dollar,
        ["$ref eq null and value eq \"f648f8d5ea4e4cd38e9c\""] = Dollar,
        ["valid$Name eq null"] = Dollar,
        [" title  pr  and  userType  eq  \"Employee\" "] = Spaces,
        ["not ( userName ew \"sen\" ) "] = Spaces,
        ["displayName co \"username\"  or nickName co \"username\"  or userName co \"username\""] = Spaces,
        ["displayName co \"username\" and nickName co \"username\"  or userName co \"username\""] = Spaces,
        ["userName eq \"chu\" and not( name.givenName eq null )"] = Spaces,
        ["((userName eq \"5.5\") and not( name.givenName eq \"Carlos\" OR nickName eq \"blubb\"))"] = Spaces,
        ["((userName eQ \"chu\") and not( name.givenName eq \"-6\" or nickName eq \"true\"))"] = Spaces,
        ["((userName eq \"false\") and not( name.givenName eq \"6\" or nickName eq \"true\"))"] = Spaces,
        ["((userName pR) and not( name.givenName Pr and nickName pr))"] = Spaces,
        ["((userName ne \"false\") and not( name.givenName co \"-6\" or nickName sw \"true\"))"] = Spaces,
        ["((userName ew \"false\") and not( name.givenName gt \"6\" or nickName GE \"true\"))"] = Spaces,
        ["((userName lt \"false\") and not( name.givenName le \"-6\" or nickName gt \"true\"))"] = Spaces,
    };

    public static TheoryData<string, bool> Vectors()
    {
        var data = new TheoryData<string, bool>();
        foreach (var vector in DataFile.Read("Filters/filters.json").GetProperty("filters").EnumerateArray())
        {
            data.Add(vector.GetProperty("filter").GetString()!, vector.GetProperty("grammar").GetBoolean());
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_filter_is_read_if_the_grammar_has_it(string text, bool grammar)
    {
        var expected = Deviations.ContainsKey(text) ? !grammar : grammar;

        var refused = Refusal.Of(() => FilterParser.Parse(text, Sample.User, Sample.Strict));

        (refused is null).Should().Be(expected, Deviations.GetValueOrDefault(text, refused?.Detail ?? "the grammar has it not"));
    }

    [Fact]
    public void Every_deviation_is_one_of_the_vectors()
    {
        var texts = DataFile.Read("Filters/filters.json").GetProperty("filters").EnumerateArray().Select(vector => vector.GetProperty("filter").GetString());

        Deviations.Keys.Should().BeSubsetOf(texts);
    }
}
