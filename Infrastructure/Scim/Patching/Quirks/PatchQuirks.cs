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
    /// <summary>
    /// A key of a path-less value that is no plain name. Sent: <c>{"name.givenName": "A"}</c>; meant: an operation with the path
    /// <c>name.givenName</c>. A URN-qualified key is RFC 7644's own notation (§3.10). Null where the key is passed over: a URN
    /// that the type does not have, such as another vendor's extension.
    /// </summary>
    public static PatchPath? PathOfKey(string key, ResourceType type, QuirkUse quirks)
    {
        if (AttributePathParser.Parse(key, type) is { } path)
        {
            if (path.Schema is not null && type.Resolve(path) is null && quirks.Allows(Quirk.UnknownSchemaUrn))
            {
                return null;
            }

            return path.SubAttribute is null || quirks.Allows(Quirk.DottedKeys)
                ? new PatchPath(path)
                : throw ScimException.InvalidPath($"'{Excerpt.Of(key)}' is not an attribute name; use a path.");
        }

        return quirks.Allows(Quirk.DottedKeys)
            ? PatchPathParser.Parse(key, type, quirks)
            : throw ScimException.InvalidPath($"'{Excerpt.Of(key)}' is not an attribute name; use a path.");
    }

    /// <summary>
    /// The elements that a remove with a value leaves. Sent: <c>{"op": "Remove", "path": "members", "value": [{"value": "1"}]}</c>;
    /// meant: <c>{"op": "remove", "path": "members[value eq \"1\"]"}</c>. An empty list names nothing, so nothing goes.
    /// </summary>
    public static ImmutableArray<AttributeValue> WithoutListed(AttributeDefinition attribute, ImmutableArray<AttributeValue> elements, JsonElement value)
    {
        var listed = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return elements.RemoveAll(element => listed.Any(item => IsListed(attribute, element, item)));
    }

    private static bool IsListed(AttributeDefinition attribute, AttributeValue element, JsonElement item)
    {
        if (element is not AttributeValue.Complex complex)
        {
            return SameKey(attribute, element, item);
        }

        if (item.ValueKind != JsonValueKind.Object)
        {
            return attribute.SubAttribute("value") is { } value && SameKey(value, complex["value"], item);
        }

        // display and $ref describe the element and do not identify it; null says nothing.
        var compared = 0;
        foreach (var property in item.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null || attribute.SubAttribute(property.Name) is not { } subAttribute
                || subAttribute.Name is "display" or "$ref")
            {
                continue;
            }

            compared++;
            if (!SameKey(subAttribute, complex[subAttribute.Name], property.Value))
            {
                return false;
            }
        }

        return compared > 0;
    }

    private static bool SameKey(AttributeDefinition attribute, AttributeValue? value, JsonElement item)
    {
        if (value is null or AttributeValue.Complex or AttributeValue.Multi)
        {
            return false;
        }

        var reader = new ValueReader(new QuirkUse(strict: false));
        return reader.ReadSingle(attribute, item, attribute.Name) is { } sought and not AttributeValue.Complex
            && ComparisonKey.Of(attribute, sought) == ComparisonKey.Of(attribute, value);
    }
}
