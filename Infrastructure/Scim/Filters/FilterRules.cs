using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Filters;

/// <summary>
/// What a filter means for one resource type: which attribute each path names, and whether operator and value suit it.
/// RFC 7644 §3.4.2.2, Table 3. A path that names nothing is an error, never an empty result.
/// </summary>
public static class FilterRules
{
    /// <summary>
    /// The filter with every complex attribute that is compared as such completed by <c>.value</c>, and quoted booleans made
    /// booleans. Throws 400 invalidFilter for what does not suit the schema.
    /// </summary>
    public static Filter Check(Filter filter, ResourceType type, QuirkUse quirks) => Check(filter, type, null, quirks);

    /// <summary>The same for the filter inside the brackets of a value path over <paramref name="attribute"/>.</summary>
    public static Filter CheckInner(Filter filter, AttributeDefinition attribute, QuirkUse quirks) => Check(filter, null, attribute, quirks);

    /// <summary>
    /// The same for a filter over resources of several types: an attribute that this type has not counts as one without a value (RFC 7644
    /// §3.4.2.1). The paths that name something are added to <paramref name="known"/>.
    /// </summary>
    public static Filter CheckWhereKnown(Filter filter, ResourceType type, QuirkUse quirks, ISet<string> known)
    {
        switch (filter)
        {
            case Filter.And and:
                return new Filter.And(CheckWhereKnown(and.Left, type, quirks, known), CheckWhereKnown(and.Right, type, quirks, known));
            case Filter.Or or:
                return new Filter.Or(CheckWhereKnown(or.Left, type, quirks, known), CheckWhereKnown(or.Right, type, quirks, known));
            case Filter.Not not:
                return new Filter.Not(CheckWhereKnown(not.Inner, type, quirks, known));
            default:
                var path = PathOf(filter);
                if (type.Resolve(path) is null)
                {
                    return Absent(filter);
                }

                known.Add(path.ToString());
                return Check(filter, type, quirks);
        }
    }

    /// <summary>Throws 400 invalidFilter for the first path of a filter that none of its types knows.</summary>
    public static void RefuseUnknown(Filter filter, ISet<string> known)
    {
        switch (filter)
        {
            case Filter.And and:
                RefuseUnknown(and.Left, known);
                RefuseUnknown(and.Right, known);
                break;
            case Filter.Or or:
                RefuseUnknown(or.Left, known);
                RefuseUnknown(or.Right, known);
                break;
            case Filter.Not not:
                RefuseUnknown(not.Inner, known);
                break;
            default:
                var path = PathOf(filter).ToString();
                if (!known.Contains(path))
                {
                    throw ScimException.InvalidFilter($"No resource type has an attribute '{Excerpt.Of(path)}'.");
                }

                break;
        }
    }

    /// <summary>What a path of a checked filter names.</summary>
    public static ResolvedAttribute Resolve(AttributePath path, ResourceType type) =>
        type.Resolve(path) ?? throw ScimException.InvalidFilter($"A {type.Name} has no attribute '{Excerpt.Of(path.ToString())}'.");

    /// <summary>
    /// What a path inside a value path over <paramref name="attribute"/> names. The values of a simple multi-valued attribute go
    /// by the name <c>value</c>.
    /// </summary>
    public static AttributeDefinition ResolveInner(AttributePath path, AttributeDefinition attribute)
    {
        if (path.Schema is null && path.SubAttribute is null && path.Name is { } name)
        {
            if (!attribute.IsComplex && name.Equals("value", StringComparison.OrdinalIgnoreCase))
            {
                return attribute;
            }

            if (attribute.SubAttribute(name) is { } subAttribute)
            {
                return subAttribute;
            }
        }

        throw ScimException.InvalidFilter($"{attribute.Name} has no sub-attribute '{Excerpt.Of(path.ToString())}'.");
    }

    /// <summary>
    /// The full names of the attributes that a checked filter names, with each what it is part of: <c>emails.value</c> and
    /// <c>emails</c>, an attribute and its extension.
    /// </summary>
    public static IEnumerable<string> Names(Filter filter, ResourceType type) => filter switch
    {
        Filter.And and => Names(and.Left, type).Concat(Names(and.Right, type)),
        Filter.Or or => Names(or.Left, type).Concat(Names(or.Right, type)),
        Filter.Not not => Names(not.Inner, type),
        Filter.Presence { Path: var path } when Resolve(path, type) is { IsExtension: true } whole => type.Extension(whole.Extension!)!.Schema.Attributes
            .SelectMany(attribute => Names(new ResolvedAttribute(whole.Extension, attribute, null))).Prepend(whole.ToString()),
        Filter.Presence presence => Names(Resolve(presence.Path, type)),
        Filter.Comparison comparison => Names(Resolve(comparison.Path, type)),
        Filter.ValuePath valuePath when Resolve(valuePath.Path, type) is var parent => InnerNames(valuePath.Inner, parent).Prepend(parent.ToString()),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private static IEnumerable<string> Names(ResolvedAttribute resolved)
    {
        yield return resolved.ToString();
        if (resolved.Extension is not null)
        {
            yield return resolved.Extension;
        }

        if (resolved.SubAttribute is not null)
        {
            yield return (resolved with { SubAttribute = null }).ToString();
        }
        else if (resolved.Attribute is { IsComplex: true } attribute)
        {
            // Whether any of it is present tells of each.
            foreach (var subAttribute in attribute.SubAttributes)
            {
                yield return (resolved with { SubAttribute = subAttribute }).ToString();
            }
        }
    }

    private static IEnumerable<string> InnerNames(Filter inner, ResolvedAttribute parent) => inner switch
    {
        Filter.And and => InnerNames(and.Left, parent).Concat(InnerNames(and.Right, parent)),
        Filter.Or or => InnerNames(or.Left, parent).Concat(InnerNames(or.Right, parent)),
        Filter.Not not => InnerNames(not.Inner, parent),
        Filter.Presence presence => Names(InnerOf(parent, presence.Path)),
        Filter.Comparison comparison => Names(InnerOf(parent, comparison.Path)),
        _ => [],
    };

    private static ResolvedAttribute InnerOf(ResolvedAttribute parent, AttributePath path) =>
        ResolveInner(path, parent.Attribute!) is var found && found == parent.Attribute ? parent : parent with { SubAttribute = found };

    /// <summary>The key of a literal that <see cref="Check"/> has accepted; null stands for the literal null.</summary>
    public static string? Key(AttributeDefinition attribute, FilterLiteral literal) => literal switch
    {
        FilterLiteral.Null => null,
        FilterLiteral.Boolean boolean => ComparisonKey.Of(boolean.Value),
        FilterLiteral.Number number => ComparisonKey.Of(number.Value),
        FilterLiteral.Text text => ComparisonKey.Of(attribute, new AttributeValue.Text(text.Value)),
        _ => throw new ArgumentOutOfRangeException(nameof(literal)),
    };

    private static AttributePath PathOf(Filter filter) => filter switch
    {
        Filter.Presence presence => presence.Path,
        Filter.Comparison comparison => comparison.Path,
        Filter.ValuePath valuePath => valuePath.Path,
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    /// <summary>What a term says of a resource without a value: it differs from every value, and equals null.</summary>
    private static Filter Absent(Filter filter)
    {
        // Every resource has an id.
        var holds = new Filter.Presence(new AttributePath("id"));
        return filter is Filter.Comparison { Operator: ComparisonOperator.Ne, Value: not FilterLiteral.Null } or Filter.Comparison { Operator: ComparisonOperator.Eq, Value: FilterLiteral.Null }
            ? holds
            : new Filter.Not(holds);
    }

    private static Filter Check(Filter filter, ResourceType? type, AttributeDefinition? parent, QuirkUse quirks)
    {
        switch (filter)
        {
            case Filter.And and:
                return new Filter.And(Check(and.Left, type, parent, quirks), Check(and.Right, type, parent, quirks));
            case Filter.Or or:
                return new Filter.Or(Check(or.Left, type, parent, quirks), Check(or.Right, type, parent, quirks));
            case Filter.Not not:
                return new Filter.Not(Check(not.Inner, type, parent, quirks));
            case Filter.ValuePath valuePath when type is not null:
                return CheckValuePath(valuePath, type, quirks);
            case Filter.Presence presence:
                if (parent is null)
                {
                    RefuseSecret(Resolve(presence.Path, type!));
                }
                else
                {
                    RefuseSecret(parent);
                    RefuseSecret(ResolveInner(presence.Path, parent));
                }

                return presence;
            case Filter.Comparison comparison:
                RefuseSecret(parent ?? Resolve(comparison.Path, type!).Attribute);
                return parent is null
                    ? CheckComparison(comparison, Resolve(comparison.Path, type!), quirks)
                    : comparison with { Value = CheckLiteral(comparison, ResolveInner(comparison.Path, parent), quirks) };
            default:
                throw ScimException.InvalidFilter("A value path may not stand inside another value path.");
        }
    }

    private static Filter.ValuePath CheckValuePath(Filter.ValuePath filter, ResourceType type, QuirkUse quirks)
    {
        var resolved = Resolve(filter.Path, type);
        if (resolved.Attribute is null || resolved.SubAttribute is not null || !(resolved.Attribute.IsComplex || resolved.Attribute.MultiValued))
        {
            throw ScimException.InvalidFilter($"'{filter.Path}' has no values that brackets could choose from.");
        }

        return filter with { Inner = CheckInner(filter.Inner, resolved.Attribute, quirks) };
    }

    private static Filter.Comparison CheckComparison(Filter.Comparison comparison, ResolvedAttribute resolved, QuirkUse quirks)
    {
        if (resolved.Attribute is null)
        {
            throw ScimException.InvalidFilter($"'{comparison.Path}' is a whole schema; name an attribute of it.");
        }

        var path = comparison.Path;
        if (resolved.Target.IsComplex)
        {
            // RFC 7644 §3.4.2.2 asks for a sub-attribute, yet its own example is emails co "example.com".
            var value = resolved.Attribute.SubAttribute("value");
            if (value is null || !(resolved.Attribute.MultiValued || quirks.Allows(Quirk.ComplexComparedByValue)))
            {
                throw ScimException.InvalidFilter($"'{path}' is complex; name one of its sub-attributes.");
            }

            resolved = resolved with { SubAttribute = value };
            path = path with { SubAttribute = value.Name };
        }

        return comparison with { Path = path, Value = CheckLiteral(comparison, resolved.Target, quirks) };
    }

    private static FilterLiteral CheckLiteral(Filter.Comparison comparison, AttributeDefinition attribute, QuirkUse quirks)
    {
        RefuseSecret(attribute);
        var op = comparison.Operator;
        if (attribute.IsComplex)
        {
            throw ScimException.InvalidFilter($"'{comparison.Path}' is complex; name one of its sub-attributes.");
        }

        if (comparison.Value is FilterLiteral.Null)
        {
            return op is ComparisonOperator.Eq or ComparisonOperator.Ne
                ? comparison.Value
                : throw ScimException.InvalidFilter($"The operator {op.ToString().ToLowerInvariant()} does not compare with null.");
        }

        var ordered = op is ComparisonOperator.Gt or ComparisonOperator.Ge or ComparisonOperator.Lt or ComparisonOperator.Le;
        var partial = op is ComparisonOperator.Co or ComparisonOperator.Sw or ComparisonOperator.Ew;
        if ((ordered && attribute.Type is AttributeType.Boolean or AttributeType.Binary)
            || (partial && attribute.Type is not (AttributeType.String or AttributeType.Reference)))
        {
            throw ScimException.InvalidFilter($"The operator {op.ToString().ToLowerInvariant()} does not suit '{comparison.Path}', which is {Describe(attribute)}.");
        }

        return Coerce(attribute, comparison.Value, quirks)
            ?? throw ScimException.InvalidFilter($"'{comparison.Path}' is {Describe(attribute)}; the value it is compared with is not.");
    }

    private static FilterLiteral? Coerce(AttributeDefinition attribute, FilterLiteral literal, QuirkUse quirks) => (attribute.Type, literal) switch
    {
        (AttributeType.Boolean, FilterLiteral.Boolean) => literal,
        (AttributeType.Boolean, FilterLiteral.Text text) when bool.TryParse(text.Value, out var value) && quirks.Allows(Quirk.BooleanAsTextInFilter) =>
            new FilterLiteral.Boolean(value),
        (AttributeType.Integer or AttributeType.Decimal, FilterLiteral.Number) => literal,
        (AttributeType.DateTime, FilterLiteral.Text text) => DateTimeValue.TryParse(text.Value, out _) ? literal : null,
        (AttributeType.String or AttributeType.Reference or AttributeType.Binary, FilterLiteral.Text) => literal,
        (AttributeType.String, FilterLiteral.Number or FilterLiteral.Boolean) when quirks.Allows(Quirk.UnquotedText) => new FilterLiteral.Text(literal.ToString()),
        _ => null,
    };

    /// <summary>What is never returned must not be found out by filtering either (RFC 7643 §7 allows it, RFC 7644 §7 warns).</summary>
    private static void RefuseSecret(ResolvedAttribute resolved)
    {
        RefuseSecret(resolved.Attribute);
        RefuseSecret(resolved.SubAttribute);
    }

    /// <summary>A filter over what is never returned would tell it by and by.</summary>
    private static void RefuseSecret(AttributeDefinition? attribute)
    {
        if (attribute?.Returned == Returned.Never)
        {
            throw ScimException.InvalidFilter($"'{attribute.Name}' cannot be filtered on.");
        }
    }

    private static string Describe(AttributeDefinition attribute) => attribute.Type switch
    {
        AttributeType.Boolean => "a boolean",
        AttributeType.Integer => "an integer",
        AttributeType.Decimal => "a number",
        AttributeType.DateTime => "a date and time",
        AttributeType.Binary => "binary",
        AttributeType.Reference => "a reference",
        _ => "a string",
    };
}
