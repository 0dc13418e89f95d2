using System.Text.Json;
using System.Text.RegularExpressions;
using ScimSlice.Tests.Architecture;

namespace ScimSlice.Tests.Deploy;

/// <summary>The instructions of the Dockerfile, continued lines joined, comments left out.</summary>
internal static partial class ImageFile
{
    public static IReadOnlyList<(string Name, string Arguments)> All { get; } = Parse(SourceTree.Read("Dockerfile"));

    /// <summary>The instructions of the last stage, which is what runs.</summary>
    public static IReadOnlyList<(string Name, string Arguments)> Final { get; } = [.. All.Skip(All.Count - 1 - All.Reverse().ToList().FindIndex(line => line.Name == "FROM"))];

    public static string User => One("USER").Split(':')[0];

    public static string Volume => One("VOLUME");

    public static string Port => One("EXPOSE");

    /// <summary>The image and tag that a build is given in the docs and in deploy: the product's name and version.</summary>
    public static string Tag => $"scimslice:{Version().Match(SourceTree.Read("ScimSlice.csproj")).Groups[1].Value}";

    public static IReadOnlyList<string> Command(string instruction) =>
        JsonSerializer.Deserialize<string[]>(One(instruction)[One(instruction).IndexOf('[', StringComparison.Ordinal)..])!;

    public static IReadOnlyDictionary<string, string> Environment { get; } = Variable().Matches(One("ENV"))
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim('"'));

    public static string One(string instruction) => Final.Single(line => line.Name == instruction).Arguments;

    private static List<(string Name, string Arguments)> Parse(string text) =>
    [
        .. string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith('#')))
            .Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Trim().Length > 0)
            .Select(line => (line.Split(' ')[0], line[line.IndexOf(' ', StringComparison.Ordinal)..].Trim())),
    ];

    [GeneratedRegex(@"(\w+)=(""[^""]*""|\S+)")]
    private static partial Regex Variable();

    [GeneratedRegex("<Version>([^<]+)</Version>")]
    private static partial Regex Version();
}
