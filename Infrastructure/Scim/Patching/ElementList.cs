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
        var places = new Dictionary<object, int>();
        for (var index = 0; index < elements.Length; index++)
        {
            places.TryAdd(Identity(attribute, elements[index]), index);
        }

        foreach (var value in added)
        {
            if (places.TryAdd(Identity(attribute, value), after.Count))
            {
                touched.Add(after.Count);
                after.Add(value);
            }
            else if (places[Identity(attribute, value)] is var index && Completed(attribute, after[index], value) is var completed
                && !completed.Equals(after[index]))
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
        if (elements.Length > DocumentLimits.MaxValues)
        {
            throw ScimException.InvalidValue($"{Excerpt.Of(path)}: has at most {DocumentLimits.MaxValues} values.");
        }

        var primary = touched.Distinct().Where(index => IsPrimary(elements[index])).ToArray();
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
                // type eq "work" and type eq "home" describes no element.
                return FromFilter(attribute, and.Left) is AttributeValue.Complex left && FromFilter(attribute, and.Right) is AttributeValue.Complex right
                    && left.Members.All(member => right[member.Key] is not { } other || other.Equals(member.Value))
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

    /// <summary>
    /// What two elements have in common that are the same: value and type, for references to resources the value alone, and
    /// all of it where there is no value. Looked up by hash, so that adding n elements to n costs n steps.
    /// </summary>
    private static object Identity(AttributeDefinition attribute, AttributeValue element)
    {
        if (element is not AttributeValue.Complex complex)
        {
            return element is AttributeValue.Multi ? element : ComparisonKey.Of(attribute, element);
        }

        if (KeyOf(attribute, complex, "value") is { } value)
        {
            return (value, attribute.SubAttribute("$ref") is null ? KeyOf(attribute, complex, "type") : null);
        }

        return complex["primary"] is AttributeValue.Boolean { Value: false } ? complex.With("primary", null) : complex;
    }

    private static string? KeyOf(AttributeDefinition attribute, AttributeValue.Complex element, string name) =>
        element[name] is { } value and not (AttributeValue.Complex or AttributeValue.Multi) && attribute.SubAttribute(name) is { } subAttribute
            ? ComparisonKey.Of(subAttribute, value)
            : null;

    /// <summary>An absent primary is false, so saying so adds nothing; what is immutable and there stays as it is.</summary>
    private static AttributeValue Completed(AttributeDefinition attribute, AttributeValue element, AttributeValue value)
    {
        if (element is not AttributeValue.Complex complex || value is not AttributeValue.Complex added)
        {
            return element;
        }

        foreach (var (name, subValue) in added.Members)
        {
            var kept = name is "value" or "type" || attribute.SubAttribute(name) is { Mutability: Mutability.Immutable };
            if ((kept && complex[name] is not null) || (subValue is AttributeValue.Boolean { Value: false } && complex[name] is null))
            {
                continue;
            }

            complex = complex.With(name, subValue);
        }

        return complex;
    }

    private static bool IsPrimary(AttributeValue element) => element is AttributeValue.Complex complex && complex["primary"] is AttributeValue.Boolean { Value: true };
}
