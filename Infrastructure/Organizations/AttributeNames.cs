using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>Reads attributes that an operator names on the command line, as clients write them in filters. RFC 7644 §3.10.</summary>
internal static class AttributeNames
{
    /// <summary>
    /// What the names stand for, each once; a multi-valued complex attribute stands for its <c>value</c>. Throws 400 for one that no
    /// user has, and for what has no value of its own.
    /// </summary>
    public static IReadOnlyList<ResolvedAttribute> Read(IEnumerable<string> names, ResourceType type) =>
        [.. names.Where(name => name.Length > 0).Select(name => Read(name, type)).DistinctBy(attribute => attribute.ToString())];

    private static ResolvedAttribute Read(string name, ResourceType type)
    {
        var resolved = (AttributePathParser.Parse(name, type) is { } path ? type.Resolve(path) : null)
            ?? throw ScimException.InvalidValue($"A {type.Name} has no attribute '{Excerpt.Of(name)}'.");
        if (resolved is { SubAttribute: null, Attribute: { IsComplex: true, MultiValued: true } attribute } && attribute.SubAttribute("value") is { } value)
        {
            resolved = resolved with { SubAttribute = value };
        }

        return resolved.IsExtension || resolved.Target.IsComplex
            ? throw ScimException.InvalidValue($"Name one attribute of '{Excerpt.Of(name)}', such as name.familyName.")
            : resolved;
    }
}
