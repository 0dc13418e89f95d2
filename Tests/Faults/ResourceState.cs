using System.Text.Json.Nodes;

namespace ScimSlice.Tests.Faults;

/// <summary>
/// What a resource is at one moment, as a client may know it: its version and its attributes without <c>schemas</c>, <c>id</c>
/// and <c>meta</c>. Without attributes it is gone: never made at version 0, deleted at a later one.
/// </summary>
internal sealed record ResourceState(long Version, JsonObject? Attributes)
{
    private static readonly string[] Envelope = ["schemas", "id", "meta"];

    public static ResourceState Absent { get; } = new(0, null);

    public bool Exists => Attributes is not null;

    /// <summary>The state after a change of these attributes.</summary>
    public ResourceState With(Action<JsonObject> change)
    {
        var attributes = Attributes?.DeepClone().AsObject() ?? [];
        change(attributes);
        return new ResourceState(Version + 1, attributes);
    }

    /// <summary>The state after a deletion: the tombstone keeps the version.</summary>
    public ResourceState Deleted() => this with { Attributes = null };

    /// <summary>The state that a representation shows.</summary>
    public static ResourceState Of(JsonNode body)
    {
        var attributes = body.DeepClone().AsObject();
        var tag = attributes["meta"]!["version"]!.GetValue<string>();
        foreach (var name in Envelope)
        {
            attributes.Remove(name);
        }

        return new ResourceState(long.Parse(tag.AsSpan(3, tag.Length - 4), System.Globalization.CultureInfo.InvariantCulture), attributes);
    }

    /// <summary>Whether a client that reads could tell the two apart; one that is gone has no version to read.</summary>
    public bool Reads(ResourceState other) =>
        Exists == other.Exists && (!Exists || (Version == other.Version && JsonNode.DeepEquals(Attributes, other.Attributes)));

    public override string ToString() => Exists ? $"version {Version} {Attributes!.ToJsonString()}" : $"gone at version {Version}";
}
