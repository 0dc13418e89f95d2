using System.Text.Json.Nodes;
using ScimSlice.Tests.Architecture;

namespace ScimSlice.Tests.Deploy;

/// <summary>What a packages.lock.json says: each package with its version and hash.</summary>
internal static class LockFile
{
    /// <summary>The platforms that have a lock file of their own.</summary>
    public static IReadOnlyList<string> Platforms { get; } =
    [
        .. Directory.EnumerateFiles(SourceTree.Root, "packages.*.lock.json").Select(file => Path.GetFileName(file)["packages.".Length..^".lock.json".Length]),
    ];

    /// <summary>The packages of one file, over all its frameworks and platforms.</summary>
    public static IReadOnlyList<string> Read(string path) =>
    [
        .. Packages(path).Select(package => $"{package.Key} {package.Value!["resolved"]} {package.Value["contentHash"]}").Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>The platforms that one file is for.</summary>
    public static IReadOnlyList<string> PlatformsOf(string path) =>
        [.. Frameworks(path).Select(framework => framework.Key).Where(key => key.Contains('/', StringComparison.Ordinal)).Select(key => key.Split('/')[1])];

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Packages(string path) =>
        Frameworks(path).SelectMany(framework => framework.Value!.AsObject()).Where(package => (string?)package.Value!["type"] != "Project");

    private static JsonObject Frameworks(string path) => JsonNode.Parse(SourceTree.Read(path))!["dependencies"]!.AsObject();
}
