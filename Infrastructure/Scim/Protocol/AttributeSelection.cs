using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// Which attributes a client sees: the named ones, all but the named ones, or those that are returned by default; in each case with
/// those that are always returned and without those that never are. RFC 7644 §3.4.2.5, §3.9, RFC 7643 §2.2.
/// </summary>
public sealed class AttributeSelection
{
    /// <summary>Names in one list: each is looked for at every attribute of every resource of a page.</summary>
    public const int MaxNames = 200;

    private readonly ResourceType type;
    private readonly bool names;
    private readonly List<ResolvedAttribute> named;
    private readonly HashSet<ResolvedAttribute> written = [];

    private AttributeSelection(ResourceType type, bool names, IEnumerable<string> list)
    {
        this.type = type;
        this.names = names;
        named = [];
        foreach (var name in list.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            // An unknown name selects nothing and excludes nothing.
            if (AttributePathParser.Parse(name, type) is not { } path)
            {
                continue;
            }

            if (path.Name is null && type.Schema.Id.Equals(path.Schema, StringComparison.OrdinalIgnoreCase))
            {
                named.AddRange(type.Schema.Attributes.Select(attribute => new ResolvedAttribute(null, attribute, null)));
            }
            else if (type.Resolve(path) is { } resolved)
            {
                named.Add(resolved);
            }
        }
    }

    /// <summary>
    /// The selection that two lists make; null where neither is given and everything that is stored is returned by default, so that
    /// the stored bytes are the answer. Throws 400 invalidValue where both are given.
    /// </summary>
    public static AttributeSelection? Of(ResourceType type, IReadOnlyList<string>? attributes, IReadOnlyList<string>? excludedAttributes)
    {
        if (attributes is { Count: > 0 } && excludedAttributes is { Count: > 0 })
        {
            throw ScimException.InvalidValue("attributes and excludedAttributes cannot be used together.");
        }

        if ((attributes ?? excludedAttributes)?.Count > MaxNames)
        {
            throw ScimException.InvalidValue($"attributes and excludedAttributes name at most {MaxNames} attributes.");
        }

        return attributes is { Count: > 0 } ? new AttributeSelection(type, names: true, attributes)
            : excludedAttributes is { Count: > 0 } ? new AttributeSelection(type, names: false, excludedAttributes)
            : type.HidesSome ? new AttributeSelection(type, names: false, [])
            : null;
    }

    /// <summary>The selection in the query string of a request.</summary>
    public static AttributeSelection? Of(ScimRequest request, ResourceType type) =>
        Of(type, request.ListParameter("attributes"), request.ListParameter("excludedAttributes"));

    /// <summary>The same for a request that writes: what it writes it is shown, though it be returned on request only. RFC 7643 §7.</summary>
    public static AttributeSelection? Of(ScimRequest request, ResourceType type, IEnumerable<ResolvedAttribute> written)
    {
        var selection = Of(request, type);
        if (type.HidesSome)
        {
            selection?.written.UnionWith(written.Select(attribute => attribute with { SubAttribute = null }));
        }

        return selection;
    }

    /// <summary>What is shown of an attribute at the top level: null for all of it, an empty set for nothing, else the sub-attributes shown.</summary>
    public IReadOnlySet<string>? PartsOf(string name) => Select(null, type.TopLevel(name)!);

    /// <summary>Writes what is selected of a whole representation.</summary>
    public void WriteTo(Utf8JsonWriter writer, JsonElement resource)
    {
        writer.WriteStartObject();
        foreach (var member in resource.EnumerateObject())
        {
            if (type.Extension(member.Name) is { } extension && member.Value.ValueKind == JsonValueKind.Object)
            {
                WriteExtension(writer, extension.Schema, member.Value);
            }
            else
            {
                WriteAttribute(writer, null, type.TopLevel(member.Name), member);
            }
        }

        writer.WriteEndObject();
    }

    private void WriteExtension(Utf8JsonWriter writer, Schema extension, JsonElement container)
    {
        var members = container.EnumerateObject()
            .Where(member => extension.Attribute(member.Name) is { } attribute && (Select(extension.Id, attribute) is not { } parts || HasSelected(member.Value, parts)))
            .ToArray();
        if (members.Length == 0)
        {
            return;
        }

        writer.WriteStartObject(extension.Id);
        foreach (var member in members)
        {
            WriteAttribute(writer, extension.Id, extension.Attribute(member.Name), member);
        }

        writer.WriteEndObject();
    }

    private void WriteAttribute(Utf8JsonWriter writer, string? extension, AttributeDefinition? attribute, JsonProperty member)
    {
        if (attribute is null)
        {
            return;
        }

        var subAttributes = Select(extension, attribute);
        if (subAttributes is null)
        {
            member.WriteTo(writer);
        }
        else if (HasSelected(member.Value, subAttributes))
        {
            writer.WritePropertyName(member.Name);
            WriteSelected(writer, member.Value, subAttributes);
        }
    }

    private static void WriteSelected(Utf8JsonWriter writer, JsonElement value, HashSet<string> subAttributes)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var element in value.EnumerateArray().Where(element => HasSelected(element, subAttributes)))
            {
                WriteSelected(writer, element, subAttributes);
            }

            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        foreach (var member in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default)
        {
            if (subAttributes.Contains(member.Name))
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Whether anything of a value is shown; what is left empty is unassigned and left out.</summary>
    private static bool HasSelected(JsonElement value, HashSet<string> subAttributes) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Any(element => HasSelected(element, subAttributes)),
        JsonValueKind.Object => value.EnumerateObject().Any(member => subAttributes.Contains(member.Name)),
        _ => false,
    };

    /// <summary>What is shown of an attribute: null for all of it, an empty set for nothing, else the sub-attributes shown.</summary>
    private HashSet<string>? Select(string? extension, AttributeDefinition attribute)
    {
        if (attribute.Returned == Returned.Never)
        {
            return [];
        }

        var matches = named.Where(candidate => candidate.Extension == extension && (candidate.Attribute is null || candidate.Attribute.Name == attribute.Name)).ToArray();
        var whole = matches.Any(match => match.SubAttribute is null);
        var subNames = matches.Select(match => match.SubAttribute?.Name).OfType<string>().ToHashSet();
        var isWritten = written.Count > 0 && written.Contains(new ResolvedAttribute(extension, attribute, null));
        var shown = attribute.Returned == Returned.Always
            || (names ? whole || subNames.Count > 0 : !whole && (attribute.Returned == Returned.Default || isWritten));
        if (!shown)
        {
            return [.. Always(attribute).Where(_ => attribute.Returned != Returned.Request)];
        }

        if (!attribute.IsComplex)
        {
            return null;
        }

        // Of a whole attribute, all that is returned by default; of one of which parts are named, those, or all but those.
        var parts = names && !whole && attribute.Returned != Returned.Always
            ? subNames
            : attribute.SubAttributes.Where(subAttribute => (subAttribute.Returned == Returned.Default || isWritten) && (names || !subNames.Contains(subAttribute.Name)))
                .Select(subAttribute => subAttribute.Name).Concat(names ? subNames : []).ToHashSet();
        parts.UnionWith(Always(attribute));
        parts.ExceptWith(attribute.SubAttributes.Where(subAttribute => subAttribute.Returned == Returned.Never).Select(subAttribute => subAttribute.Name));
        return parts.Count == attribute.SubAttributes.Count ? null : parts;
    }

    private static IEnumerable<string> Always(AttributeDefinition attribute) =>
        attribute.SubAttributes.Where(subAttribute => subAttribute.Returned == Returned.Always).Select(subAttribute => subAttribute.Name);
}
