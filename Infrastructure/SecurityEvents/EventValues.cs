using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>What an event says of attributes, under their paths: what they are now, and which are gone. Paths are those of a PATCH (RFC 7644 §3.5.2).</summary>
internal sealed class EventValues
{
    private const string PatchUrn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    private readonly List<(string Path, JsonElement Value)> now = [];
    private readonly List<string> gone = [];
    private readonly List<string> extensions = [];
    private (string Op, string Path, string? Member, string? Type)? member;

    /// <summary>Whether the event says nothing of any: values of an erased user are not kept.</summary>
    public bool IsEmpty => now.Count == 0 && gone.Count == 0 && member is null;

    /// <summary>
    /// Whether tokens tell of an event: not where it says only what a user may do by its groups, which is no attribute, and not where the answer that it tells of
    /// is kept no more.
    /// </summary>
    public static bool AreTold(ChangeEvent told) => told.Type switch
    {
        EventTypes.UserRoleChanged => !Of(told).IsEmpty,
        EventTypes.RequestCompleted => told.AfterValues is not null,
        _ => true,
    };

    /// <summary>The identity provider's id of the resource, where the event holds it.</summary>
    public static string? ExternalIdIn(ChangeEvent told)
    {
        foreach (var values in (string?[])[told.AfterValues, told.BeforeValues])
        {
            using var document = JsonDocument.Parse(values ?? "{}");
            if (document.RootElement.TryGetProperty("externalId", out var id) && id.ValueKind == JsonValueKind.String)
            {
                return id.GetString();
            }
        }

        return null;
    }

    public static EventValues Of(ChangeEvent told)
    {
        var values = new EventValues();
        if (told.MemberId is not null)
        {
            values.member = told.Type == EventTypes.MemberAdded
                ? ("add", "members", told.MemberId, told.MemberType)
                : ("remove", $"members[value eq \"{told.MemberId}\"]", null, null);
            return values;
        }

        var after = Paths(told, told.AfterValues, values.extensions);
        values.now.AddRange(after);
        values.gone.AddRange(Paths(told, told.BeforeValues, []).Select(pair => pair.Path).Except(after.Select(pair => pair.Path), StringComparer.OrdinalIgnoreCase));
        return values;
    }

    /// <summary>Writes the member <c>attributes</c> of a notice.</summary>
    public void WriteNames(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("attributes");
        foreach (var path in now.Select(pair => pair.Path).Concat(gone))
        {
            writer.WriteStringValue(path);
        }

        if (member is not null)
        {
            writer.WriteStringValue("members");
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes the members of a PATCH that makes of what was before what is now.</summary>
    public void WritePatch(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("schemas");
        writer.WriteStringValue(PatchUrn);
        writer.WriteEndArray();
        writer.WriteStartArray("Operations");
        foreach (var (path, value) in now)
        {
            WriteOperation(writer, "replace", path, value.WriteTo);
        }

        foreach (var path in gone)
        {
            WriteOperation(writer, "remove", path, null);
        }

        if (member is { } who)
        {
            WriteOperation(writer, who.Op, who.Path, who.Member is null ? null : json =>
            {
                json.WriteStartArray();
                json.WriteStartObject();
                json.WriteString("value", who.Member);
                json.WriteString("type", who.Type);
                json.WriteEndObject();
                json.WriteEndArray();
            });
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes the members of the resource as it is now.</summary>
    public void WriteResource(Utf8JsonWriter writer, ChangeEvent told)
    {
        writer.WriteStartArray("schemas");
        writer.WriteStringValue(told.ResourceType == "Group" ? SchemaRegistry.GroupUrn : SchemaRegistry.UserUrn);
        foreach (var extension in extensions)
        {
            writer.WriteStringValue(extension);
        }

        writer.WriteEndArray();
        writer.WriteString("id", told.ResourceId);
        using var document = JsonDocument.Parse(told.AfterValues!);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            property.WriteTo(writer);
        }
    }

    private static void WriteOperation(Utf8JsonWriter writer, string op, string path, Action<Utf8JsonWriter>? value)
    {
        writer.WriteStartObject();
        writer.WriteString("op", op);
        writer.WriteString("path", path);
        if (value is not null)
        {
            writer.WritePropertyName("value");
            value(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>Attributes of an extension stand below its URN, the only names with a colon.</summary>
    private static List<(string Path, JsonElement Value)> Paths(ChangeEvent told, string? values, List<string> extensions)
    {
        var paths = new List<(string, JsonElement)>();
        if (values is null)
        {
            return paths;
        }

        using var document = JsonDocument.Parse(values);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (told.Type == EventTypes.UserRoleChanged && property.NameEquals(EffectiveRole.Name))
            {
                // It is worked out, and no attribute that SCIM shows.
                continue;
            }

            if (property.Name.Contains(':', StringComparison.Ordinal) && property.Value.ValueKind == JsonValueKind.Object)
            {
                extensions.Add(property.Name);
                paths.AddRange(property.Value.EnumerateObject().Select(inner => ($"{property.Name}:{inner.Name}", inner.Value.Clone())));
            }
            else
            {
                paths.Add((property.Name, property.Value.Clone()));
            }
        }

        return paths;
    }
}
