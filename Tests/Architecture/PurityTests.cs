using System.Text.RegularExpressions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>The SCIM language names the base library and itself: no package, no input or output, no clock, nothing asynchronous.</summary>
public sealed partial class PurityTests
{
    /// <summary>Namespaces of packages as the project file names them; <c>System.CommandLine</c> is one.</summary>
    private static readonly string[] Packages = [.. PackageReference().Matches(SourceTree.Read("ScimSlice.csproj")).Select(match => match.Groups["name"].Value)];

    private static readonly Rule IsPure = new(files => files.SelectMany(file => Impurities(file)));

    [Fact]
    public void The_SCIM_language_is_pure() => IsPure.HoldsIn(SourceTree.Under("Infrastructure/Scim"));

    [Theory]
    [InlineData("using Dapper; // !")]
    [InlineData("using FluentValidation; // !")]
    [InlineData("using Mediator; // !")]
    [InlineData("using Microsoft.Extensions.Logging; // !")]
    [InlineData("using Microsoft.Data.Sqlite; // !")]
    [InlineData("using System.CommandLine; // !")]
    [InlineData("using System.Data.Common; // !")]
    [InlineData("using System.IO; // !")]
    [InlineData("using System.Net.Http; // !")]
    [InlineData("using static System.IO.File; // !")]
    [InlineData("using Text = System.IO.StringReader; // !")]
    [InlineData("using ScimSlice.Infrastructure.Storage; // !")]
    [InlineData("using ScimSlice.Features.Users; // !")]
    public void A_using_of_more_than_the_base_library_is_caught(string code) => IsPure.Catches("Infrastructure/Scim/Filters/A.cs", code);

    [Theory]
    [InlineData("class A\n{\n    Microsoft.Extensions.Logging.ILogger b; // !\n}")]
    [InlineData("class A\n{\n    Storage.IDatabase b; // !\n}")]
    [InlineData("class A\n{\n    Infrastructure.Storage.IDatabase b; // !\n}")]
    [InlineData("class A\n{\n    string b = File.ReadAllText(\"c\"); // !\n}")]
    [InlineData("class A\n{\n    HttpClient b; // !\n}")]
    [InlineData("class A\n{\n    string b = Path.Combine(\"c\", \"d\"); // !\n}")]
    [InlineData("class A\n{\n    async Task B() // !\n    {\n    }\n}")]
    [InlineData("class A\n{\n    object b = DateTimeOffset.UtcNow; // !\n}")]
    [InlineData("class A\n{\n    object b = Guid.NewGuid(); // !\n}")]
    [InlineData("class A\n{\n    string b = Environment.GetEnvironmentVariable(\"c\"); // !\n}")]
    public void A_name_of_more_than_the_base_library_is_caught(string code) =>
        IsPure.Catches("Infrastructure/Scim/Filters/A.cs", code);

    [Theory]
    [InlineData("using System.Text.Json;\nusing ScimSlice.Infrastructure.Scim.Paths;")]
    [InlineData("using System;\nusing System.Collections.Immutable;")]
    [InlineData("class A { object b = presence.Path.Attribute; object Path(int c) => File; } // File.Open, Task")]
    public void What_is_pure_is_allowed(string code) => IsPure.Allows("Infrastructure/Scim/Filters/A.cs", code);

    private static IEnumerable<Violation> Impurities(SourceFile file)
    {
        foreach (var (name, place) in file.Usings)
        {
            var own = IsIn(name, "ScimSlice.Infrastructure.Scim");
            var system = IsIn(name, "System") && !Forbidden.Concat(Packages).Any(forbidden => IsIn(name, forbidden));
            if (!own && !system)
            {
                yield return file.At(place, $"the SCIM language uses {name}");
            }
        }

        foreach (var violation in file.AtEach(ForeignName(), "the SCIM language names"))
        {
            yield return violation;
        }
    }

    private static readonly string[] Forbidden = ["System.IO", "System.Net", "System.Data", "System.Threading", "System.Timers", "System.Diagnostics.Process"];

    private static bool IsIn(string name, string space) => name == space || name.StartsWith($"{space}.", StringComparison.Ordinal);

    /// <summary>
    /// Namespaces that can be reached without a using, and the types of implicit usings that do input or output, wait, or read the
    /// clock, the environment or chance.
    /// </summary>
    [GeneratedRegex(
        """
        \b(?:Microsoft|Dapper|FluentValidation|Mediator|OpenTelemetry|Polly|Npgsql)\s*\.\s*[A-Z]\w*
        |\bSystem\s*\.\s*(?:IO|Net|Data|Threading|CommandLine)\b
        |(?<![\w.])Infrastructure\s*\.\s*(?!Scim\b)\w+
        |(?<![\w.])(?:CommandLine|Configuration|Http|Mediation|Organizations|Resilience|Storage|Telemetry)\s*\.\s*[A-Z]\w*
        |(?<![\w.])(?:File|Directory|Environment|Process|Console|Thread|Guid|Random|Stopwatch)\s*\.\s*[A-Z]\w*(?<!Guid\.(?:Empty|Parse|TryParse|TryParseExact|ParseExact))
        |(?<![\w.])Path\s*\.\s*(?:Combine|Get\w+|Join)\b
        |\b(?:FileStream|FileInfo|DirectoryInfo|StreamReader|StreamWriter|HttpClient|HttpContext|IServiceProvider|TimeProvider|ILogger|IConfiguration)\b
        |\b(?:async|await|Task|ValueTask)\b
        |\bDateTime(?:Offset)?\s*\.\s*(?:Now|UtcNow|Today)\b
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ForeignName();

    [GeneratedRegex("PackageReference Include=\"(?<name>[^\"]+)\"")]
    private static partial Regex PackageReference();
}
