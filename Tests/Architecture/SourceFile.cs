using System.Text.RegularExpressions;

namespace ScimSlice.Tests.Architecture;

/// <summary>A source file as the rules read it: its path below the root, its text, and which parts of the text are code.</summary>
internal sealed partial class SourceFile
{
    private readonly SourceScanner scanned;

    /// <param name="path">Below the root, with slashes: <c>Features/Users/GetUser.cs</c>.</param>
    /// <param name="text">The whole text.</param>
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        scanned = new SourceScanner(text);
    }

    public string Path { get; }

    public string Text { get; }

    /// <summary>Without folder and ending: <c>GetUser</c>.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Without the name: <c>Features/Users</c>; empty for the root.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public int Lines => Text.TrimEnd('\n').Split('\n').Length;

    /// <summary>The text with comments and the insides of literals blanked. Places and lines are those of <see cref="Text"/>.</summary>
    public string Code => scanned.Code;

    /// <summary>The code, and what stands in literals; comments are blanked.</summary>
    public string WithoutComments => scanned.WithoutComments;

    public IReadOnlyList<SourceLiteral> Literals => scanned.Literals;

    /// <summary>The namespaces and types that using directives name, with their places.</summary>
    public IEnumerable<(string Name, int Place)> Usings =>
        UsingDirective().Matches(Code).Select(match => (match.Groups["name"].Value, match.Groups["name"].Index));

    public bool IsUnder(string folder) => Path.StartsWith($"{folder}/", StringComparison.Ordinal);

    public Violation At(int place, string says) => new(Path, Text.AsSpan(0, place).Count('\n') + 1, says);

    /// <summary>A violation for each match of a pattern in the code.</summary>
    public IEnumerable<Violation> AtEach(Regex pattern, string says) => pattern.Matches(Code).Select(match => At(match.Index, $"{says}: {match.Value.Trim()}"));

    public override string ToString() => Path;

    [GeneratedRegex(@"^[ \t]*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?(?<name>[A-Za-z_][\w.]*)[^;\n(]*;", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex UsingDirective();
}
