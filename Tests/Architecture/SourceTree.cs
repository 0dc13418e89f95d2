namespace ScimSlice.Tests.Architecture;

/// <summary>The source files of the repository that these tests were built from.</summary>
internal static class SourceTree
{
    private static readonly string[] Skipped = ["bin", "obj", "data", "artifacts", "TestResults"];

    /// <summary>The folder of the solution, looked for upward from the tests' own assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file, tests included.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Path: System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/')))
            .Where(entry => !entry.Path.Split('/').Any(folder => folder.StartsWith('.') || Skipped.Contains(folder)))
            .OrderBy(entry => entry.Path, StringComparer.Ordinal)
            .Select(entry => new SourceFile(entry.Path, File.ReadAllText(entry.File))),
    ];

    /// <summary>What runs in production: Program.cs, Features and Infrastructure.</summary>
    public static IReadOnlyList<SourceFile> Product { get; } = [.. All.Where(file => !file.IsUnder("Tests") && !file.IsUnder("Benchmarks"))];

    public static IReadOnlyList<SourceFile> Under(string folder) => [.. All.Where(file => file.IsUnder(folder))];

    public static string Read(string path) => File.ReadAllText(System.IO.Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "ScimSlice.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No ScimSlice.slnx above {AppContext.BaseDirectory}; run the tests from a clone.");
    }
}
