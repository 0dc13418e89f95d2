using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace ScimSlice.Tests.Architecture;

/// <summary>One top-level type per file, the file named after it, the namespace after the folder.</summary>
public sealed partial class TypeFileTests
{
    private static readonly Rule HoldsItsType = Rule.ForEach(Types);

    private static readonly Rule HasTheNamespaceOfItsFolder = Rule.ForEach(Namespaces);

    [Fact]
    public void A_file_holds_one_type_and_has_its_name() => HoldsItsType.HoldsIn(SourceTree.All);

    [Fact]
    public void A_namespace_is_named_after_the_folder() => HasTheNamespaceOfItsFolder.HoldsIn(SourceTree.All);

    [Theory]
    [InlineData("namespace N;\n\npublic sealed class A;\n\ninternal sealed record B(int C); // !")]
    [InlineData("namespace N;\n\npublic sealed class B; // !")]
    [InlineData("namespace N;\n\npublic sealed class A\n{\n    class C;\n}\n\npublic enum D { E } // !")]
    [InlineData("namespace N;\n\nfile readonly record struct B(int C); // !\n\npublic interface A;")]
    [InlineData("namespace N;\n\npublic delegate void B<T>(T c); // !\n\npublic interface A;")]
    [InlineData("namespace N;\n")]
    public void A_second_or_misnamed_type_is_caught(string code) => HoldsItsType.Catches("Features/Users/A.cs", code);

    [Theory]
    [InlineData("namespace N;\n\npublic sealed class A<T>(string record, Func<T> c) : B\n    where T : class\n{\n    class C;\n    record D(int E);\n}")]
    [InlineData("namespace N;\n\n/// <summary>A class B in a comment.</summary>\n[D(\"class E\")]\npublic abstract partial record A(int F);")]
    [InlineData("namespace N;\n\npublic readonly record struct A(int B);")]
    [InlineData("using Xunit;\n\n[assembly: CollectionBehavior(DisableTestParallelization = true)]")]
    public void One_type_of_the_name_is_allowed(string code) => HoldsItsType.Allows("Features/Users/A.cs", code);

    [Theory]
    [InlineData("namespace ScimSlice.Features; // !")]
    [InlineData("namespace ScimSlice.Features.Groups; // !")]
    [InlineData("namespace ScimSlice.Features.Users // !\n{\n}")]
    [InlineData("class A;")]
    public void A_namespace_of_another_folder_is_caught(string code) => HasTheNamespaceOfItsFolder.Catches("Features/Users/A.cs", code);

    [Fact]
    public void The_namespace_of_the_folder_is_allowed()
    {
        HasTheNamespaceOfItsFolder.Allows("Features/Users/A.cs", "namespace ScimSlice.Features.Users;");
        HasTheNamespaceOfItsFolder.Allows("Program.cs", "namespace ScimSlice;");
        HasTheNamespaceOfItsFolder.Allows("Tests/Support/A.cs", "namespace ScimSlice.Tests.Support;");
    }

    private static IEnumerable<Violation> Types(SourceFile file)
    {
        var types = TypeDeclaration().Matches(TopLevel(file.Code)).Where(match => match.Groups["name"].Value != "where").ToArray();
        if (types.Length == 0 && !file.Code.Contains("[assembly:", StringComparison.Ordinal))
        {
            yield return file.At(0, "the file holds no type");
        }

        foreach (var match in types)
        {
            var name = match.Groups["name"];
            if (name.Value != file.Name)
            {
                yield return file.At(name.Index, $"the type {name.Value} belongs in a file {name.Value}.cs");
            }
        }
    }

    private static IEnumerable<Violation> Namespaces(SourceFile file)
    {
        var expected = string.Join('.', new[] { "ScimSlice" }.Concat(file.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries)));
        var found = NamespaceDeclaration().Matches(file.Code);
        if (found.Count == 0 && !file.Code.Contains("[assembly:", StringComparison.Ordinal))
        {
            yield return file.At(0, $"the file has no namespace; it is {expected}");
        }

        foreach (Match match in found)
        {
            if (match.Groups["name"].Value != expected || match.Groups["end"].Value != ";")
            {
                yield return file.At(match.Index, $"the namespace of this folder is written 'namespace {expected};'");
            }
        }
    }

    /// <summary>The code outside all brackets; what is inside is blanked.</summary>
    private static string TopLevel(string code)
    {
        var depth = 0;
        var outside = new StringBuilder(code.Length);
        foreach (var letter in code)
        {
            depth -= letter is '}' or ')' or ']' ? 1 : 0;
            outside.Append(depth == 0 || letter == '\n' ? letter : ' ');
            depth += letter is '{' or '(' or '[' ? 1 : 0;
        }

        return outside.ToString();
    }

    [GeneratedRegex(@"\b(?:record\s+class|record\s+struct|class|record|struct|interface|enum|delegate\s+[\w.<>\[\]?, ]+?)\s+(?<name>\w+)(?=\s*[<({:;]|\s+where\b|\s*$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)\s*(?<end>[;{])", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();
}
