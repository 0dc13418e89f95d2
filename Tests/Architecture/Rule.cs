using FluentAssertions;

namespace ScimSlice.Tests.Architecture;

/// <summary>A rule over source text. It holds where it finds nothing, has seen files, and would find what breaks it.</summary>
internal sealed class Rule(Func<IReadOnlyList<SourceFile>, IEnumerable<Violation>> find)
{
    /// <summary>A rule that looks at each file by itself.</summary>
    public static Rule ForEach(Func<SourceFile, IEnumerable<Violation>> find) => new(files => files.SelectMany(find));

    /// <summary>Fails with file and line of every violation, and where there was nothing to look at.</summary>
    public void HoldsIn(IReadOnlyList<SourceFile> files)
    {
        files.Should().NotBeEmpty("a rule that sees no file proves nothing");
        var violations = find(files).Select(violation => violation.ToString()).ToArray();
        violations.Should().BeEmpty("of {0} files none may break the rule, but:\n{1}\n", files.Count, string.Join("\n", violations));
    }

    /// <summary>Fails unless the planted text breaks the rule at the line that is marked <c>// !</c>, or anywhere if none is marked.</summary>
    public void Catches(string path, string text, params SourceFile[] beside)
    {
        var marked = Array.FindIndex(text.Split('\n'), line => line.Contains("// !", StringComparison.Ordinal)) + 1;
        var found = find([new SourceFile(path, text), .. beside]).Where(violation => violation.Path == path).ToArray();
        found.Should().NotBeEmpty("{0} breaks the rule:\n{1}", path, text);
        if (marked > 0)
        {
            found.Select(violation => violation.Line).Should().Contain(marked);
        }
    }

    /// <summary>Fails where the rule finds fault with text that keeps it.</summary>
    public void Allows(string path, string text, params SourceFile[] beside) =>
        find([new SourceFile(path, text), .. beside]).Select(violation => violation.ToString()).Should().BeEmpty();
}
