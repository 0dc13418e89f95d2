using System.Text.Json;

namespace ScimSlice.Tests.Clients;

/// <summary>
/// What one client says to a server in order, from <c>Provider/Name.json</c> beside this file. Requests have the shape in which
/// their sources publish them, with names and ids put in; answers are what the RFCs and the client ask for.
/// </summary>
public sealed record Conversation(string Name, IReadOnlyList<Exchange> Exchanges)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Clients");

    /// <summary>The names of all conversations: <c>Okta/CustomApp</c>.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories)
        .Select(file => Path.ChangeExtension(Path.GetRelativePath(Folder, file), null).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public static Conversation Read(string name) =>
        new(name, JsonSerializer.Deserialize<Exchange[]>(File.ReadAllBytes(Path.Combine(Folder, $"{name}.json")), Format)!);
}
