using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>Reads attributes that an operator names on the command line, as clients write them in filters. RFC 7644 §3.10.</summary>
internal static class AttributeNames
{
    /// <summary>What the names stand for, each once: attributes, parts of them, or extensions. Throws 400 for one that no user has.</summary>
    public static IReadOnlyList<ResolvedAttribute> ReadWhole(IEnumerable<string> names, ResourceType type) =>
        [.. names.Where(name => name.Length > 0).Select(name => Resolve(name, type)).DistinctBy(attribute => attribute.ToString())];

    /// <summary>
    /// The same of attributes that have values of their own; a multi-valued complex one stands for its <c>value</c>. Throws 400 for what
    /// has none.
    /// </summary>
    public static IReadOnlyList<ResolvedAttribute> Read(IEnumerable<string> names, ResourceType type) =>
        [.. names.Where(name => name.Length > 0).Select(name => Read(name, type)).DistinctBy(attribute => attribute.ToString())];

    private static ResolvedAttribute Resolve(string name, ResourceType type) => (AttributePathParser.Parse(name, type) is { } path ? type.Resolve(path) : null)
        ?? throw ScimException.InvalidValue($"A {type.Name} has no attribute '{Excerpt.Of(name)}'.");

    private static ResolvedAttribute Read(string name, ResourceType type)
    {
        var resolved = Resolve(name, type);
        if (resolved is { SubAttribute: null, Attribute: { IsComplex: true, MultiValued: true } attribute } && attribute.SubAttribute("value") is { } value)
        {
            resolved = resolved with { SubAttribute = value };
        }

        return resolved.IsExtension || resolved.Target.IsComplex
            ? throw ScimException.InvalidValue($"Name one attribute of '{Excerpt.Of(name)}', such as name.familyName.")
            : resolved;
    }
}
