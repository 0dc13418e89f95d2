using ScimSlice.Infrastructure.Scim.Filters;

namespace ScimSlice.Infrastructure.Scim.Paths;

/// <summary>
/// The target of a patch operation: an attribute path, or a value path with an optional sub-attribute behind it:
/// <c>emails[type eq "work"].value</c>. RFC 7644 §3.5.2. With a filter, <see cref="Attribute"/> carries no sub-attribute.
/// </summary>
public sealed record PatchPath(AttributePath Attribute, Filter? Filter = null, string? SubAttribute = null)
{
    /// <summary>The notation itself.</summary>
    public override string ToString() => Filter is null
        ? Attribute.ToString()
        : SubAttribute is null ? $"{Attribute}[{Filter}]" : $"{Attribute}[{Filter}].{SubAttribute}";
}
