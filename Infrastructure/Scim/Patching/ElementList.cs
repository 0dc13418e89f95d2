using System.Collections.Immutable;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>Rules over the values of one multi-valued attribute. RFC 7643 §2.4, RFC 7644 §3.5.2.</summary>
internal static class ElementList
{
    /// <summary>
    /// <paramref name="elements"/> with those of <paramref name="added"/> that are not there yet. One with the same type and value
    /// as an element that is there completes it, so that the pair is not repeated (RFC 7643 §2.4).
    /// </summary>
    public static ImmutableArray<AttributeValue> Add(AttributeDefinition attribute, ImmutableArray<AttributeValue> elements, ImmutableArray<AttributeValue> added)
    {
        var touched = new List<int>();
        var after = elements.ToBuilder();
        foreach (var value in added)
        {
            var index = IndexOfSame(attribute, after, value);
            if (index < 0)
            {
                touched.Add(after.Count);
                after.Add(value);
            }
            else if (Completed(after[index], value) is var completed && !completed.Equals(after[index]))
            {
                touched.Add(index);
                after[index] = completed;
            }
        }

        return WithOnePrimary(after.ToImmutable(), touched, attribute.Name);
    }

    /// <summary>
    /// RFC 7644 §3.5.2: a value made primary takes that from all others. Throws 400 invalidValue where the operation itself makes
    /// two primary.
    /// </summary>
    public static ImmutableArray<AttributeValue> WithOnePrimary(ImmutableArray<AttributeValue> elements, IReadOnlyList<int> touched, string path)
    {
        var primary = touched.Where(index => IsPrimary(elements[index])).ToArray();
        if (primary.Length == 0)
        {
            return elements;
        }

        if (primary.Length > 1)
        {
            throw ScimException.InvalidValue($"{Excerpt.Of(path)}: only one value may be primary.");
        }

        return [.. elements.Select((element, index) => index != primary[0] && IsPrimary(element)
            ? ((AttributeValue.Complex)element).With("primary", new AttributeValue.Boolean(false))
            : element)];
    }

    /// <summary>
    /// The element that a filter describes: <c>eq</c> terms joined by <c>and</c>, each with a value that is canonical for its
    /// sub-attribute, or any value where the schema names none. Null where the filter says anything else.
    /// </summary>
    public static AttributeValue? FromFilter(AttributeDefinition attribute, Filter filter)
    {
        switch (filter)
        {
            case Filter.And and:
                return FromFilter(attribute, and.Left) is AttributeValue.Complex left && FromFilter(attribute, and.Right) is AttributeValue.Complex right
                    ? right.Members.Aggregate(left, (complex, member) => complex.With(member.Key, member.Value))
                    : null;
            case Filter.Comparison { Operator: ComparisonOperator.Eq } comparison when attribute.IsComplex:
                var subAttribute = FilterRules.ResolveInner(comparison.Path, attribute);
                return ValueOf(subAttribute, comparison.Value) is { } value ? AttributeValue.Complex.Empty.With(subAttribute.Name, value) : null;
            default:
                return null;
        }
    }

    private static AttributeValue? ValueOf(AttributeDefinition attribute, FilterLiteral literal) => literal switch
    {
        FilterLiteral.Boolean boolean => new AttributeValue.Boolean(boolean.Value),
        FilterLiteral.Number number => new AttributeValue.Number(number.Value),
        FilterLiteral.Text text when attribute.Mutability != Mutability.ReadOnly && (attribute.CanonicalValues.Count == 0
            || attribute.CanonicalValues.Any(canonical => attribute.Fold(canonical) == attribute.Fold(text.Value))) => new AttributeValue.Text(text.Value),
        _ => null,
    };

    private static int IndexOfSame(AttributeDefinition attribute, ImmutableArray<AttributeValue>.Builder elements, AttributeValue value)
    {
        for (var index = 0; index < elements.Count; index++)
        {
            if (IsSame(attribute, elements[index], value))
            {
                return index;
            }
        }

        return -1;
    }

    private static bool IsSame(AttributeDefinition attribute, AttributeValue left, AttributeValue right)
    {
        if (left is not AttributeValue.Complex a || right is not AttributeValue.Complex b)
        {
            return ComparisonKey.Of(attribute, left) == ComparisonKey.Of(attribute, right);
        }

        return a["value"] is null && b["value"] is null
            ? a.Equals(b)
            : SameSub(attribute, a, b, "value") && SameSub(attribute, a, b, "type");
    }

    private static bool SameSub(AttributeDefinition attribute, AttributeValue.Complex left, AttributeValue.Complex right, string name)
    {
        var (a, b) = (left[name], right[name]);
        if (a is null || b is null)
        {
            return a is null && b is null;
        }

        var subAttribute = attribute.SubAttribute(name)!;
        return a is not AttributeValue.Complex && b is not AttributeValue.Complex
            && ComparisonKey.Of(subAttribute, a) == ComparisonKey.Of(subAttribute, b);
    }

    /// <summary>An absent primary is false, so saying so adds nothing.</summary>
    private static AttributeValue Completed(AttributeValue element, AttributeValue value)
    {
        if (element is not AttributeValue.Complex complex || value is not AttributeValue.Complex added)
        {
            return element;
        }

        foreach (var (name, subValue) in added.Members)
        {
            if (name is "value" or "type" || (subValue is AttributeValue.Boolean { Value: false } && complex[name] is null))
            {
                continue;
            }

            complex = complex.With(name, subValue);
        }

        return complex;
    }

    private static bool IsPrimary(AttributeValue element) => element is AttributeValue.Complex complex && complex["primary"] is AttributeValue.Boolean { Value: true };
}
