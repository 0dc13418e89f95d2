using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace ScimSlice.Tests.Scim;

/// <summary>The data files that lie beside the tests, by their path from the folder Scim.</summary>
internal static class DataFile
{
    private static readonly ConcurrentDictionary<string, JsonElement> Files = new();

    public static JsonElement Read(string path) => Files.GetOrAdd(path, Parse);

    /// <summary>The paths of all files in a folder.</summary>
    public static IEnumerable<string> In(string folder) => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static JsonElement Parse(string path)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"There is no data file {path}.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
