using System.Collections.Immutable;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>
/// Whether a resource, or one value of an attribute, satisfies a checked filter, in memory. RFC 7644 §3.4.2.2: over several
/// values an expression holds where it holds for any; <c>ne</c> and <c>not</c> hold where nothing is assigned.
/// </summary>
public static class FilterMatch
{
    /// <summary>Whether a resource with all its members (<c>id</c>, <c>meta</c> and <c>schemas</c> too) satisfies the filter.</summary>
    public static bool Matches(Filter filter, ResourceType type, AttributeValue.Complex resource) => filter switch
    {
        Filter.And and => Matches(and.Left, type, resource) && Matches(and.Right, type, resource),
        Filter.Or or => Matches(or.Left, type, resource) || Matches(or.Right, type, resource),
        Filter.Not not => !Matches(not.Inner, type, resource),
        Filter.Presence presence => IsPresent(Values(FilterRules.Resolve(presence.Path, type), resource)),
        Filter.Comparison comparison => Compare(comparison, FilterRules.Resolve(comparison.Path, type), resource),
        Filter.ValuePath valuePath => MatchesAny(valuePath, type, resource),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    /// <summary>Whether one value of <paramref name="attribute"/> satisfies the filter in a value path's brackets.</summary>
    public static bool MatchesValue(Filter filter, AttributeDefinition attribute, AttributeValue element) => filter switch
    {
        Filter.And and => MatchesValue(and.Left, attribute, element) && MatchesValue(and.Right, attribute, element),
        Filter.Or or => MatchesValue(or.Left, attribute, element) || MatchesValue(or.Right, attribute, element),
        Filter.Not not => !MatchesValue(not.Inner, attribute, element),
        Filter.Presence presence => IsPresent(InnerValues(FilterRules.ResolveInner(presence.Path, attribute), element)),
        Filter.Comparison comparison => FilterRules.ResolveInner(comparison.Path, attribute) is var inner
            && Compare(comparison, inner, InnerValues(inner, element)),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private static bool MatchesAny(Filter.ValuePath filter, ResourceType type, AttributeValue.Complex resource)
    {
        var resolved = FilterRules.Resolve(filter.Path, type);
        return Values(resolved, resource).Any(element => MatchesValue(filter.Inner, resolved.Attribute!, element));
    }

    private static bool Compare(Filter.Comparison comparison, ResolvedAttribute resolved, AttributeValue.Complex resource) =>
        Compare(comparison, resolved.Target, Values(resolved, resource));

    private static bool Compare(Filter.Comparison comparison, AttributeDefinition attribute, ImmutableArray<AttributeValue> values)
    {
        if (FilterRules.Key(attribute, comparison.Value) is not { } sought)
        {
            return IsPresent(values) == (comparison.Operator == ComparisonOperator.Ne);
        }

        if (values.IsEmpty)
        {
            return comparison.Operator == ComparisonOperator.Ne;
        }

        foreach (var value in values)
        {
            if (Holds(comparison.Operator, ComparisonKey.Of(attribute, value), sought))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(ComparisonOperator comparison, string key, string sought) => comparison switch
    {
        ComparisonOperator.Eq => key == sought,
        ComparisonOperator.Ne => key != sought,
        ComparisonOperator.Co => key.Contains(sought, StringComparison.Ordinal),
        ComparisonOperator.Sw => key.StartsWith(sought, StringComparison.Ordinal),
        ComparisonOperator.Ew => key.EndsWith(sought, StringComparison.Ordinal),
        ComparisonOperator.Gt => FoldedKey.Compare(key, sought) > 0,
        ComparisonOperator.Ge => FoldedKey.Compare(key, sought) >= 0,
        ComparisonOperator.Lt => FoldedKey.Compare(key, sought) < 0,
        _ => FoldedKey.Compare(key, sought) <= 0,
    };

    /// <summary>RFC 7644 Table 3: present is a value that is not empty, or a complex one with a member that is not.</summary>
    private static bool IsPresent(ImmutableArray<AttributeValue> values) => values.Any(IsPresent);

    private static bool IsPresent(AttributeValue value) => value switch
    {
        AttributeValue.Text text => text.Value.Length > 0,
        AttributeValue.Complex complex => complex.Members.Any(member => IsPresent(member.Value)),
        AttributeValue.Multi multi => IsPresent(multi.Elements),
        _ => true,
    };

    /// <summary>All values that a path leads to: none where unassigned, several where an attribute on the way is multi-valued.</summary>
    private static ImmutableArray<AttributeValue> Values(ResolvedAttribute resolved, AttributeValue.Complex resource)
    {
        var container = resolved.Extension is null ? resource : resource[resolved.Extension] as AttributeValue.Complex;
        if (resolved.Attribute is null)
        {
            return container is null ? [] : [container];
        }

        var values = Elements(container?[resolved.Attribute.Name]);
        return resolved.SubAttribute is null
            ? values
            : [.. values.SelectMany(value => Elements((value as AttributeValue.Complex)?[resolved.SubAttribute.Name]))];
    }

    private static ImmutableArray<AttributeValue> InnerValues(AttributeDefinition inner, AttributeValue element) =>
        element is AttributeValue.Complex complex ? Elements(complex[inner.Name]) : [element];

    private static ImmutableArray<AttributeValue> Elements(AttributeValue? value) => value switch
    {
        null => [],
        AttributeValue.Multi multi => multi.Elements,
        _ => [value],
    };
}
