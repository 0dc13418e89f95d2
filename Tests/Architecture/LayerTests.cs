using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>Program → Features → Infrastructure → Infrastructure/Scim: each names only what lies below it.</summary>
public sealed partial class LayerTests
{
    private static readonly Rule InfrastructureLooksDown = Rule.ForEach(file => file.AtEach(NamesFeatures(), "Infrastructure names Features"));

    private static readonly Rule NobodyNamesProgram = Rule.ForEach(file => file.AtEach(NamesProgram(), "Program is the outermost layer, and is named here"));

    private static readonly Rule FeaturesKnowNoHttp = Rule.ForEach(file => file.AtEach(NamesAspNetCore(), "a feature names ASP.NET Core"));

    private static readonly Rule FeaturesKeepApart = new(files => files.SelectMany(file => OtherFeatures(file, files)));

    private static readonly Rule NoUsingIsHidden = Rule.ForEach(file => file.AtEach(GlobalUsing(), "a global using hides names from these rules"));

    [Fact]
    public void Infrastructure_never_names_Features() => InfrastructureLooksDown.HoldsIn(SourceTree.Under("Infrastructure"));

    [Fact]
    public void Features_and_Infrastructure_never_name_Program() => NobodyNamesProgram.HoldsIn([.. SourceTree.Under("Features"), .. SourceTree.Under("Infrastructure")]);

    [Fact]
    public void Features_do_not_name_AspNetCore() => FeaturesKnowNoHttp.HoldsIn(SourceTree.Under("Features"));

    [Fact]
    public void No_feature_names_another_feature() => FeaturesKeepApart.HoldsIn(SourceTree.Under("Features"));

    [Fact]
    public void No_file_uses_globally() => NoUsingIsHidden.HoldsIn(SourceTree.Product);

    [Theory]
    [InlineData("Microsoft.AspNetCore.Builder")]
    [InlineData("Microsoft.AspNetCore.Hosting")]
    [InlineData("Microsoft.AspNetCore.Http")]
    [InlineData("Microsoft.AspNetCore.Routing")]
    [InlineData("Microsoft.Extensions.Configuration")]
    [InlineData("Microsoft.Extensions.DependencyInjection")]
    [InlineData("Microsoft.Extensions.Hosting")]
    [InlineData("Microsoft.Extensions.Logging")]
    public void No_namespace_of_the_server_is_implicit(string name)
    {
        var project = SourceTree.Read("ScimSlice.csproj");

        project.Should().Contain($"<Using Remove=\"{name}\" />").And.NotContain("<Using Include");
    }

    [Theory]
    [InlineData("using ScimSlice.Features.Users; // !")]
    [InlineData("using F = ScimSlice.Features; // !")]
    [InlineData("class A\n{\n    object b = new Features.Users.UserRow(); // !\n}")]
    [InlineData("class A\n{\n    object b = new global::ScimSlice.Features.Users.UserRow(); // !\n}")]
    public void A_feature_named_by_Infrastructure_is_caught(string code) => InfrastructureLooksDown.Catches("Infrastructure/Http/A.cs", code);

    [Theory]
    [InlineData("// ScimSlice.Features.Users is named in a comment")]
    [InlineData("class A { string b = \"Features.Users\"; }")]
    [InlineData("class A { object b = context.Features.Get<TokenGrant>(); }")]
    public void What_only_looks_like_a_feature_is_allowed(string code) => InfrastructureLooksDown.Allows("Infrastructure/Http/A.cs", code);

    [Fact]
    public void A_use_of_Program_is_caught() => NobodyNamesProgram.Catches("Features/Users/GetUser.cs", "class A { Task b = Program.StartAsync([]); }");

    [Theory]
    [InlineData("using Microsoft.AspNetCore.Http; // !")]
    [InlineData("using static Microsoft.AspNetCore.Http.Results; // !")]
    [InlineData("class A\n{\n    Microsoft.AspNetCore.Http.HttpContext b; // !\n}")]
    public void AspNetCore_named_by_a_feature_is_caught(string code) => FeaturesKnowNoHttp.Catches("Features/Users/GetUser.cs", code);

    [Theory]
    [InlineData("using ScimSlice.Features.Organizations; // !")]
    [InlineData("using O = ScimSlice.Features; // !")]
    [InlineData("class A\n{\n    Features.Organizations.TokenRow b; // !\n}")]
    [InlineData("class A\n{\n    Organizations.TokenRow b; // !\n}")]
    public void A_feature_named_by_another_is_caught(string code) =>
        FeaturesKeepApart.Catches("Features/Users/GetUser.cs", code, new SourceFile("Features/Organizations/TokenRow.cs", ""));

    [Theory]
    [InlineData("using ScimSlice.Infrastructure.Organizations;")]
    [InlineData("class A { int b => Organizations.Count; }")]
    [InlineData("class A { Features.Users.UserRow b; }")]
    public void What_only_looks_like_another_feature_is_allowed(string code) =>
        FeaturesKeepApart.Allows("Features/Users/GetUser.cs", code, new SourceFile("Features/Organizations/TokenRow.cs", ""));

    [Fact]
    public void A_global_using_is_caught() => NoUsingIsHidden.Catches("Infrastructure/Http/A.cs", "global using Microsoft.AspNetCore.Http; // !");

    private static IEnumerable<Violation> OtherFeatures(SourceFile file, IReadOnlyList<SourceFile> files)
    {
        foreach (Match match in QualifiedFeature().Matches(file.Code))
        {
            if (match.Groups["feature"].Value != Feature(file))
            {
                yield return file.At(match.Index, $"the feature {Feature(file)} names another: {match.Value}");
            }
        }

        // From within ScimSlice.Features.Users, Organizations.TokenRow reaches the neighbour as well.
        foreach (var other in files.Where(other => Feature(other) != Feature(file)))
        {
            foreach (Match match in Regex.Matches(file.Code, $@"(?<![\w.]){Feature(other)}\s*\.\s*{other.Name}\b"))
            {
                yield return file.At(match.Index, $"the feature {Feature(file)} names another: {match.Value}");
            }
        }
    }

    private static string Feature(SourceFile file) => file.Path.Split('/')[1];

    [GeneratedRegex(@"\bScimSlice\s*\.\s*Features\b|(?<![\w.])Features\s*\.\s*[A-Z]\w*\s*\.\s*[A-Z]\w*")]
    private static partial Regex NamesFeatures();

    [GeneratedRegex(@"\bProgram\b")]
    private static partial Regex NamesProgram();

    [GeneratedRegex(@"\bMicrosoft\s*\.\s*AspNetCore\b[\w.]*")]
    private static partial Regex NamesAspNetCore();

    [GeneratedRegex(@"\bScimSlice\.Features\b(?:\.(?<feature>\w+))?|(?<![\w.])Features\.(?<feature>[A-Z]\w*)")]
    private static partial Regex QualifiedFeature();

    [GeneratedRegex(@"\bglobal\s+using\b")]
    private static partial Regex GlobalUsing();
}
