using FluentAssertions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>The rules are worth what the reading of the text is worth.</summary>
public sealed class ScannerTests
{
    [Theory]
    [InlineData("a // b", "a     ")]
    [InlineData("a /* b */ c", "a         c")]
    [InlineData("a(\"b // c\") // d", "a(\"      \")     ")]
    [InlineData("a('\"') + \"b\\\"c\"", "a(' ') + \"    \"")]
    [InlineData("@\"a\\\" + b", "@\"  \" + b")]
    [InlineData("@\"a\"\"b\" + c", "@\"    \" + c")]
    [InlineData("$\"a{b}c{{d}}\"", "$\"  b       \"")]
    [InlineData("$\"a{(b ? \"c}\" : \"d\")}e\" + f", "$\"  (b ? \"  \" : \" \")  \" + f")]
    [InlineData("\"\"\"a \"b\" c\"\"\" + d", "\"\"\"       \"\"\" + d")]
    [InlineData("$$\"\"\"{\"a\":{{b}}}\"\"\" + c", "$$\"\"\"       b   \"\"\" + c")]
    [InlineData("\"\" + a", "\"\" + a")]
    public void Comments_and_the_insides_of_literals_are_no_code(string text, string code)
    {
        var file = new SourceFile("A.cs", text);

        file.Code.Should().Be(code).And.HaveLength(text.Length);
    }

    [Theory]
    [InlineData("$\"a {b} c\"", "a {b} c", "b")]
    [InlineData("$\"\"\"\n    a {b.C(\"d\")}\n    \"\"\"", "\n    a {b.C(\"d\")}\n    ", "b.C(\"d\")")]
    [InlineData("$$\"\"\"{\"a\":{{b}}}\"\"\"", "{\"a\":{b}}", "b")]
    [InlineData("$\"a{{b}}\"", "a{{b}}", null)]
    [InlineData("// \"no\"\n\"a\"", "a", null)]
    public void A_literal_has_its_text_and_its_holes(string text, string literal, string? hole)
    {
        var read = new SourceFile("A.cs", text).Literals[^1];

        read.Text.Should().Be(literal);
        read.Holes.Should().Equal(hole is null ? [] : [hole]);
    }

    [Fact]
    public void Every_file_of_the_tree_is_read_to_balanced_braces()
    {
        SourceTree.All.Should().HaveCountGreaterThan(100);
        foreach (var file in SourceTree.All)
        {
            file.Code.Count(letter => letter == '{').Should().Be(file.Code.Count(letter => letter == '}'), "{0} is read rightly", file.Path);
        }
    }
}
