using System.Text.Json.Nodes;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Audit;

/// <summary>
/// The values of an event as the log shows them: … stands for those of attributes that the organization calls sensitive, that are never returned, or
/// that its schemas do not know any more.
/// </summary>
internal static class ShownValues
{
    private const string Hidden = "…";

    /// <param name="values">The JSON object that the event holds; null for none.</param>
    public static JsonObject? Of(string? values, ResourceType type, OrganizationSettings settings)
    {
        if (values is null || JsonNode.Parse(values) is not JsonObject shown)
        {
            return null;
        }

        Hide(shown, "", type, settings);
        return shown;
    }

    /// <summary>The full names of the attributes that two states name, each once.</summary>
    public static IReadOnlyList<string> Names(JsonObject? before, JsonObject? after) => [.. ((JsonObject?[])[before, after])
        .SelectMany(values => values ?? [])
        .SelectMany(member => IsSchema(member.Key) && member.Value is JsonObject extension ? extension.Select(inner => $"{member.Key}:{inner.Key}") : [member.Key])
        .Distinct()];

    private static void Hide(JsonObject values, string above, ResourceType type, OrganizationSettings settings)
    {
        foreach (var (name, value) in values.ToArray())
        {
            var path = above.Length == 0 ? name : $"{above}{(IsSchema(above) && type.Extension(above) is not null ? ":" : ".")}{name}";
            if (IsHidden(path, type, settings))
            {
                values[name] = Hidden;
                continue;
            }

            foreach (var inner in value is JsonArray list ? list.ToArray() : [value])
            {
                if (inner is JsonObject complex)
                {
                    Hide(complex, path, type, settings);
                }
            }
        }
    }

    /// <summary>The effective role is as secret as the one that was sent.</summary>
    private static bool IsHidden(string path, ResourceType type, OrganizationSettings settings) => path == EffectiveRole.Name ? IsHidden("role", type, settings)
        : settings.Sensitive.Contains(path, StringComparer.OrdinalIgnoreCase)
        || AttributePathParser.Parse(path, type) is not { } parsed
        || type.Resolve(parsed) is not { } resolved
        || resolved.Attribute is { Returned: Returned.Never }
        || resolved.SubAttribute is { Returned: Returned.Never };

    private static bool IsSchema(string name) => name.Contains(':', StringComparison.Ordinal);
}
