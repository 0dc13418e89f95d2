using System.Collections.Immutable;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Patching.Quirks;

/// <summary>Deviations in patch operations, each taken from what was sent to what was meant.</summary>
public static class PatchQuirks
{
    /// <summary>Between keys that stand as one: no stored text holds it.</summary>
    private const char Separator = '\0';

    /// <summary>
    /// A key of a path-less value that is no plain name. Sent: <c>{"name.givenName": "A"}</c>; meant: an operation with the path
    /// <c>name.givenName</c>. A URN-qualified key is RFC 7644's own notation (§3.10). Null where the key is passed over: a URN
    /// that the type does not have, such as another vendor's extension.
    /// </summary>
    public static PatchPath? PathOfKey(string key, ResourceType type, QuirkUse quirks, ScimLimits limits)
    {
        if (AttributePathParser.Parse(key, type) is { } path)
        {
            if (path.Schema is { } urn && !type.SchemaUrns.Contains(urn) && quirks.Allows(Quirk.UnknownSchemaUrn))
            {
                return null;
            }

            return path.SubAttribute is null || quirks.Allows(Quirk.DottedKeys)
                ? new PatchPath(path)
                : throw ScimException.InvalidPath($"'{Excerpt.Of(key)}' is not an attribute name; use a path.");
        }

        return quirks.Allows(Quirk.DottedKeys)
            ? PatchPathParser.Parse(key, type, quirks, limits)
            : throw ScimException.InvalidPath($"'{Excerpt.Of(key)}' is not an attribute name; use a path.");
    }

    /// <summary>
    /// The elements that a remove with a value leaves. Sent: <c>{"op": "Remove", "path": "members", "value": [{"value": "1"}]}</c>;
    /// meant: <c>{"op": "remove", "path": "members[value eq \"1\"]"}</c>. An empty list names nothing, so nothing goes.
    /// </summary>
    public static ImmutableArray<AttributeValue> WithoutListed(AttributeDefinition attribute, ImmutableArray<AttributeValue> elements, JsonElement value)
    {
        // Items are grouped by the sub-attributes that they name: each element is looked up once a group, not once an item.
        var groups = new Dictionary<string, (string[] Names, HashSet<string> Keys)>();
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().AsEnumerable() : [value];
        foreach (var item in items)
        {
            if (Named(attribute, item) is not { Count: > 0 } named)
            {
                continue;
            }

            var shape = string.Join(Separator, named.Keys);
            if (!groups.TryGetValue(shape, out var group))
            {
                groups[shape] = group = ([.. named.Keys], []);
            }

            group.Keys.Add(string.Join(Separator, named.Values));
        }

        return elements.RemoveAll(element => groups.Values.Any(group => KeyOf(attribute, element, group.Names) is { } key && group.Keys.Contains(key)));
    }

    /// <summary>What an item says of the elements it means, by sub-attribute. Null where it can mean none.</summary>
    private static SortedDictionary<string, string>? Named(AttributeDefinition attribute, JsonElement item)
    {
        var named = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (item.ValueKind != JsonValueKind.Object)
        {
            var value = attribute.IsComplex ? attribute.SubAttribute("value") : attribute;
            return value is not null && KeyOf(value, item) is { } key ? new SortedDictionary<string, string> { [value.Name] = key } : null;
        }

        // display and $ref describe the element and do not identify it; null says nothing.
        foreach (var property in item.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null || attribute.SubAttribute(property.Name) is not { } subAttribute
                || subAttribute.Name is "display" or "$ref")
            {
                continue;
            }

            if (KeyOf(subAttribute, property.Value) is not { } key)
            {
                return null;
            }

            if (!named.TryAdd(subAttribute.Name, key))
            {
                throw ScimException.InvalidSyntax($"{subAttribute.Name} is given twice in one object.");
            }
        }

        return named;
    }

    private static string? KeyOf(AttributeDefinition attribute, JsonElement item) =>
        new ValueReader(new QuirkUse(strict: false)).ReadSingle(attribute, item, attribute.Name) is { } value and not AttributeValue.Complex
            ? ComparisonKey.Of(attribute, value)
            : null;

    /// <summary>What an element has in the named sub-attributes; null where one of them is unassigned.</summary>
    private static string? KeyOf(AttributeDefinition attribute, AttributeValue element, string[] names)
    {
        if (element is not AttributeValue.Complex complex)
        {
            return ComparisonKey.Of(attribute, element);
        }

        var keys = new string[names.Length];
        for (var index = 0; index < names.Length; index++)
        {
            if (complex[names[index]] is not { } value || value is AttributeValue.Complex or AttributeValue.Multi)
            {
                return null;
            }

            keys[index] = ComparisonKey.Of(attribute.SubAttribute(names[index])!, value);
        }

        return string.Join(Separator, keys);
    }
}
