using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// What a PUT must not change: an immutable attribute that has a value keeps it where the body leaves it out, and another value is
/// refused. Elements of a multi-valued attribute come and go as a whole, so nothing of them is held. RFC 7644 §3.5.1.
/// </summary>
public static class ImmutableValues
{
    /// <summary>Throws 400 mutability where an immutable value of <paramref name="before"/> is another one afterwards, or gone. RFC 7644 §3.5.2.</summary>
    public static void RequireKept(ResourceDocument after, ResourceDocument before)
    {
        if (!ReferenceEquals(Keep(after, before), after))
        {
            throw ScimException.Mutability("An immutable value cannot be removed.");
        }
    }

    /// <summary>The document that a PUT makes of <paramref name="before"/>. Throws 400 mutability.</summary>
    public static ResourceDocument Keep(ResourceDocument after, ResourceDocument before)
    {
        foreach (var attribute in after.Type.Schema.Attributes)
        {
            after = Keep(after, before, null, attribute);
        }

        foreach (var extension in after.Type.Extensions)
        {
            foreach (var attribute in extension.Schema.Attributes)
            {
                after = Keep(after, before, extension.Schema.Id, attribute);
            }
        }

        return after;
    }

    private static ResourceDocument Keep(ResourceDocument after, ResourceDocument before, string? extension, AttributeDefinition attribute)
    {
        if (attribute.Mutability == Mutability.Immutable)
        {
            return Keep(after, before, new ResolvedAttribute(extension, attribute, null));
        }

        if (attribute is { IsComplex: true, MultiValued: false })
        {
            foreach (var subAttribute in attribute.SubAttributes)
            {
                if (subAttribute.Mutability == Mutability.Immutable)
                {
                    after = Keep(after, before, new ResolvedAttribute(extension, attribute, subAttribute));
                }
            }
        }

        return after;
    }

    private static ResourceDocument Keep(ResourceDocument after, ResourceDocument before, ResolvedAttribute attribute)
    {
        if (Value(before, attribute) is not { } kept)
        {
            return after;
        }

        var sent = Value(after, attribute);
        if (kept.Equals(sent))
        {
            return after;
        }

        if (sent is not null && !AreEqual(attribute.Target, sent, kept))
        {
            throw ScimException.Mutability($"'{attribute}' is immutable and has another value.");
        }

        if (attribute.SubAttribute is null)
        {
            return after.With(attribute, kept);
        }

        var whole = attribute with { SubAttribute = null };
        return after.With(whole, (after.Value(whole) as AttributeValue.Complex ?? AttributeValue.Complex.Empty).With(attribute.SubAttribute.Name, kept));
    }

    private static AttributeValue? Value(ResourceDocument document, ResolvedAttribute attribute) =>
        attribute.SubAttribute is null ? document.Value(attribute) : (document.Value(attribute) as AttributeValue.Complex)?[attribute.SubAttribute.Name];

    private static bool AreEqual(AttributeDefinition attribute, AttributeValue left, AttributeValue right) =>
        (left is AttributeValue.Text && right is AttributeValue.Text && ComparisonKey.Of(attribute, left) == ComparisonKey.Of(attribute, right))
        || (left is AttributeValue.Multi some && right is AttributeValue.Multi others && some.Elements.ToHashSet().SetEquals(others.Elements));
}
