using System.Text.Json.Nodes;
using ScimSlice.Tests.Architecture;
using YamlDotNet.RepresentationModel;

namespace ScimSlice.Tests.Deploy;

/// <summary>A YAML file of the folder deploy: its documents, every scalar as text.</summary>
internal sealed record DeployFile(string Path, string Text, IReadOnlyList<JsonObject> Documents)
{
    public static IReadOnlyList<DeployFile> All { get; } =
    [
        .. Directory.EnumerateFiles(System.IO.Path.Combine(SourceTree.Root, "deploy"), "*.y*ml", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(SourceTree.Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    public static DeployFile Named(string path) => All.Single(file => file.Path == path);

    /// <summary>The documents of this kind in all files, each with the file that it is in.</summary>
    public static IReadOnlyList<(string Path, JsonObject Document)> OfKind(string kind) =>
        [.. All.SelectMany(file => file.Documents.Where(document => (string?)document["kind"] == kind).Select(document => (file.Path, document)))];

    public override string ToString() => Path;

    private static DeployFile Read(string path)
    {
        var text = SourceTree.Read(path);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return new DeployFile(path, text, [.. stream.Documents.Select(document => (JsonObject)Convert(document.RootNode)!)]);
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Convert(child.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        YamlScalarNode { Value: { Length: > 0 } value } => JsonValue.Create(value),
        _ => null,
    };
}
