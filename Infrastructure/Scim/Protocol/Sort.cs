using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// The attribute by whose values a list is ordered. A multi-valued one orders by its primary value, else by its first; resources
/// without a value come last, in descending order first. RFC 7644 §3.4.2.3.
/// </summary>
/// <param name="By">A simple attribute, or a simple sub-attribute.</param>
public sealed record Sort(ResolvedAttribute By, bool Descending)
{
    /// <summary>
    /// What the two parameters ask for; null where no attribute is named (then the order is left to us). A multi-valued complex
    /// attribute stands for its <c>value</c>. Throws 400 invalidValue for what cannot be sorted by.
    /// </summary>
    public static Sort? Of(string? sortBy, string? sortOrder, ResourceType type)
    {
        if (string.IsNullOrEmpty(sortBy))
        {
            return null;
        }

        var resolved = AttributePathParser.Parse(sortBy, type) is { } path ? type.Resolve(path) : null;
        if (resolved is null)
        {
            throw ScimException.InvalidValue($"sortBy: a {type.Name} has no attribute '{Excerpt.Of(sortBy)}'.");
        }

        return new Sort(Simple(resolved, sortBy), IsDescending(sortOrder));
    }

    /// <summary>The order of resources of several types; null for a type that has no such attribute. Throws 400 invalidValue where none has.</summary>
    public static IReadOnlyList<Sort?> OfSeveral(string? sortBy, string? sortOrder, IReadOnlyList<ResourceType> types)
    {
        var faults = new List<ScimException>();
        var sorts = types.Select(type =>
        {
            try
            {
                return Of(sortBy, sortOrder, type);
            }
            catch (ScimException fault)
            {
                faults.Add(fault);
                return null;
            }
        }).ToArray();
        return faults.Count == types.Count ? throw faults[0] : sorts;
    }

    private static ResolvedAttribute Simple(ResolvedAttribute resolved, string sortBy)
    {
        if (resolved is { SubAttribute: null, Attribute: { IsComplex: true, MultiValued: true } attribute } && attribute.SubAttribute("value") is { } value)
        {
            resolved = resolved with { SubAttribute = value };
        }

        if (resolved.IsExtension || resolved.Target.IsComplex)
        {
            throw ScimException.InvalidValue($"sortBy: name one attribute of '{Excerpt.Of(sortBy)}', such as name.familyName.");
        }

        return resolved.Attribute == CommonAttributes.Schemas || resolved.Target.Returned == Returned.Never || resolved.Attribute!.Returned == Returned.Never || resolved.SubAttribute is { MultiValued: true }
            ? throw ScimException.InvalidValue($"sortBy: '{Excerpt.Of(sortBy)}' cannot be sorted by.")
            : resolved;
    }

    private static bool IsDescending(string? sortOrder) =>
        !string.IsNullOrEmpty(sortOrder) && !sortOrder.Equals("ascending", StringComparison.OrdinalIgnoreCase)
        && (sortOrder.Equals("descending", StringComparison.OrdinalIgnoreCase)
            ? true
            : throw ScimException.InvalidValue("sortOrder: must be ascending or descending."));
}
