using System.Reflection;
using System.Text.Json;

namespace ScimSlice.Tests.Scim;

/// <summary>The data files that lie beside the tests, by their path from the folder Scim.</summary>
internal static class DataFile
{
    public static JsonElement Read(string path)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"There is no data file {path}.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    /// <summary>The paths of all files in a folder.</summary>
    public static IEnumerable<string> In(string folder) => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
