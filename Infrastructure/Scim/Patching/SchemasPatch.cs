using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>
/// Operations on <c>schemas</c> itself. It always tells which schemas hold data, so an added extension appears with its first
/// value, and a removed one takes its data along. The core schema stays. RFC 7644 §3.5.2.
/// </summary>
internal static class SchemasPatch
{
    public static ResourceDocument Apply(ResourceDocument document, PatchOperation operation, QuirkUse quirks)
    {
        switch (operation.Action)
        {
            case PatchAction.Add when operation.Path.Filter is null:
                Urns(document.Type, operation.Value!.Value);
                return document;
            case PatchAction.Replace when operation.Path.Filter is null:
                var kept = Urns(document.Type, operation.Value!.Value);
                if (!kept.Contains(document.Type.Schema.Id))
                {
                    throw CoreStays(document);
                }

                return Without(document, document.SchemaUrns.Where(urn => !kept.Contains(urn)).ToArray());
            case PatchAction.Remove when operation.Path.Filter is { } given:
                var filter = FilterRules.CheckInner(given, CommonAttributes.Schemas, quirks);
                var removed = document.SchemaUrns
                    .Where(urn => FilterMatch.MatchesValue(filter, CommonAttributes.Schemas, new AttributeValue.Text(urn)))
                    .ToArray();
                return removed.Contains(document.Type.Schema.Id) ? throw CoreStays(document) : Without(document, removed);
            default:
                throw ScimException.Mutability("schemas cannot be changed in this way.");
        }
    }

    private static ResourceDocument Without(ResourceDocument document, IEnumerable<string> urns)
    {
        foreach (var urn in urns)
        {
            document = document.With(new ResolvedAttribute(urn, null, null), null);
        }

        return document;
    }

    private static HashSet<string> Urns(ResourceType type, JsonElement value)
    {
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        var urns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items)
        {
            if (item.ValueKind != JsonValueKind.String || !type.SchemaUrns.Contains(item.GetString()!, StringComparer.OrdinalIgnoreCase))
            {
                throw ScimException.InvalidValue($"schemas: must be one of {string.Join(", ", type.SchemaUrns)}.");
            }

            urns.Add(item.GetString()!);
        }

        return urns;
    }

    private static ScimException CoreStays(ResourceDocument document) =>
        ScimException.Mutability($"schemas must keep \"{document.Type.Schema.Id}\".");
}
