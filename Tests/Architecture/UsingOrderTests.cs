using System.Text.RegularExpressions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>Usings stand as <c>dotnet format</c> puts them, which no rule of the build looks at: namespaces, then static ones, then other names; System first, the rest by their letters.</summary>
public sealed partial class UsingOrderTests
{
    private static readonly Rule HasItsUsingsInOrder = Rule.ForEach(OutOfOrder);

    [Fact]
    public void Usings_are_in_order() => HasItsUsingsInOrder.HoldsIn(SourceTree.All);

    [Theory]
    [InlineData("using Dapper;\nusing System.Text; // !")]
    [InlineData("using System.Text.Json;\nusing System.Text; // !")]
    [InlineData("using Xunit;\nusing FluentAssertions; // !")]
    [InlineData("using static System.Math;\nusing Xunit; // !")]
    [InlineData("using A = Xunit.B;\nusing static System.Math; // !")]
    public void Usings_out_of_order_are_caught(string code) => HasItsUsingsInOrder.Catches("Features/Users/A.cs", code);

    [Theory]
    [InlineData("using System.Text;\nusing System.Text.Json;\nusing Dapper;\nusing ScimSlice.A;\nusing ScimSlice.A.B;\nusing static System.Math;\nusing B = Xunit.A;")]
    [InlineData("using Dapper;\n\nusing var b = A();\nusing (A())\n{\n}")]
    public void Usings_in_order_are_allowed(string code) => HasItsUsingsInOrder.Allows("Features/Users/A.cs", code);

    private static IEnumerable<Violation> OutOfOrder(SourceFile file)
    {
        var before = "";
        foreach (Match match in Directive().Matches(file.Code))
        {
            var name = match.Groups["name"].Value;
            var kind = match.Groups["static"].Success ? 1 : match.Groups["alias"].Success ? 2 : 0;
            var key = kind == 2 ? $"2 {match.Groups["alias"].Value}" : $"{kind} {(name.Split('.')[0] == "System" ? 0 : 1)} {name}";
            if (string.Compare(before, key, StringComparison.OrdinalIgnoreCase) > 0)
            {
                yield return file.At(match.Groups["name"].Index, $"'{name}' stands behind what comes after it");
            }

            before = key;
        }
    }

    [GeneratedRegex(@"^using\s+(?<static>static\s+)?(?:(?<alias>\w+)\s*=\s*)?(?<name>[\w.]+)[^;()\n]*;", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Directive();
}
