using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Compiles a checked filter to a condition that means what <see cref="FilterMatch"/> computes. Names come from the schemas
/// and the table's column list, values go into <see cref="SqlParameters"/>. RFC 7644 §3.4.2.2.
/// </summary>
public sealed class FilterToSql(ResourceType type, ResourceTable table, ISqlDialect dialect, SqlParameters parameters)
{
    /// <summary>
    /// Looks at values that one condition makes of each user, at most. A short filter can ask for all attributes of a large extension, and
    /// for each again and again.
    /// </summary>
    public const int MaxTests = 3000;

    private readonly string search = $"{table.Alias}.search";
    private int aliases;
    private int tests;

    /// <summary>Whether an index finds what a checked filter selects, or some more than that, so that the others are not read.</summary>
    public bool IsSearch(Filter filter) => filter switch
    {
        Filter.And and => IsSearch(and.Left) || IsSearch(and.Right),
        Filter.Or or => IsSearch(or.Left) && IsSearch(or.Right),
        Filter.Not { Inner: Filter.Presence presence } => table.AlwaysAssigned.Contains(FilterRules.Resolve(presence.Path, type).ToString()),
        Filter.Comparison comparison => FilterRules.Resolve(comparison.Path, type) is var resolved
            && IsServed(resolved.ToString(), comparison.Operator, FilterRules.Key(resolved.Target, comparison.Value)),
        Filter.ValuePath valuePath => FilterRules.Resolve(valuePath.Path, type) is { Attribute.MultiValued: true } resolved && IsSearch(valuePath.Inner, resolved),
        _ => false,
    };

    /// <summary>The same for what stands in brackets, all of which one value has to fulfil.</summary>
    private bool IsSearch(Filter inner, ResolvedAttribute whole) => inner switch
    {
        Filter.And and => IsSearch(and.Left, whole) || IsSearch(and.Right, whole),
        Filter.Comparison comparison => FilterRules.ResolveInner(comparison.Path, whole.Attribute!) is var compared
            && IsServed((compared == whole.Attribute ? whole : whole with { SubAttribute = compared }).ToString(), comparison.Operator, FilterRules.Key(compared, comparison.Value)),
        _ => false,
    };

    private bool IsServed(string attribute, ComparisonOperator comparison, string? key) => !string.IsNullOrEmpty(key) && comparison switch
    {
        ComparisonOperator.Eq => table.Indexed.Contains(attribute) || table.Lookups.Contains(attribute)
            || (attribute.EndsWith(".value", StringComparison.Ordinal) && table.Rows.ContainsKey(attribute[..^".value".Length])),
        ComparisonOperator.Sw => table.Indexed.Contains(attribute) || table.Lookups.Contains(attribute),
        _ => false,
    };

    /// <summary>The condition, in parentheses.</summary>
    public string Compile(Filter filter) => Compile(filter, negated: false);

    /// <summary>
    /// Under a negation, a condition that is null where nothing is assigned must be false, lest <c>not</c> of it be null too.
    /// Elsewhere null serves as false and leaves the database free to use an index.
    /// </summary>
    private string Compile(Filter filter, bool negated) => filter switch
    {
        Filter.And and => $"({Compile(and.Left, negated)} and {Compile(and.Right, negated)})",
        Filter.Or or => $"({Compile(or.Left, negated)} or {Compile(or.Right, negated)})",
        Filter.Not not => $"(not {Compile(not.Inner, negated: true)})",
        Filter.Presence presence => Presence(FilterRules.Resolve(presence.Path, type)),
        Filter.Comparison comparison => Decided(Comparison(comparison), negated),
        Filter.ValuePath valuePath => Decided(ValuePath(valuePath), negated),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private static string Decided(string condition, bool negated) => negated ? $"({condition} is true)" : condition;

    private string Presence(ResolvedAttribute resolved)
    {
        if (IsSchemas(resolved) || (resolved.Extension is null && resolved.Attribute == CommonAttributes.Meta))
        {
            // Every resource has all of it, though not all of it lies in a column.
            return "(1 = 1)";
        }

        if (table.AlwaysAssigned.Contains(resolved.ToString()))
        {
            return "(1 = 1)";
        }

        if (table.Columns.TryGetValue(resolved.ToString(), out var column))
        {
            return $"({column} is not null and {column} <> '')";
        }

        if (RowsOf(resolved) is { } rows)
        {
            return AnyRow(rows, row => resolved.SubAttribute is null ? "1 = 1" : $"{row.Text(dialect, Counted(resolved.SubAttribute).Name)} <> ''");
        }

        var path = Path(resolved);
        if (resolved.IsExtension)
        {
            return PresentInAny(search, path, type.Extension(resolved.Extension!)!.Schema.Attributes);
        }

        return resolved is { Attribute.MultiValued: true, SubAttribute: { } subAttribute }
            ? PresentInElements(search, Path(resolved with { SubAttribute = null }), element => PresentIn(element.Json, [.. element.Path, subAttribute.Name], subAttribute))
            : PresentIn(search, path, resolved.Target);
    }

    /// <summary>RFC 7644 Table 3: a value that is not empty, or a complex one with a member that is not.</summary>
    private string PresentIn(string json, IReadOnlyList<string> path, AttributeDefinition attribute) => Counted(attribute) switch
    {
        { MultiValued: true, IsComplex: true } => PresentInElements(json, path, element => PresentInAny(element.Json, element.Path, attribute.SubAttributes)),
        { MultiValued: true } => PresentInElements(json, path, null),
        { IsComplex: true } => PresentInAny(json, path, attribute.SubAttributes),
        _ => $"(coalesce({dialect.JsonText(json, path)}, '') <> '')",
    };

    private string PresentInAny(string json, IReadOnlyList<string> path, IReadOnlyList<AttributeDefinition> attributes) =>
        AnyOf([.. attributes.Select(attribute => PresentIn(json, [.. path, attribute.Name], attribute))]);

    /// <summary>Whether one of the conditions holds, as a tree that is no deeper than it must be: SQLite counts the levels.</summary>
    private static string AnyOf(ReadOnlySpan<string> conditions) => conditions.Length switch
    {
        0 => "(1 = 0)",
        1 => conditions[0],
        _ => $"({AnyOf(conditions[..(conditions.Length / 2)])} or {AnyOf(conditions[(conditions.Length / 2)..])})",
    };

    private T Counted<T>(T tested) => ++tests <= MaxTests
        ? tested
        : throw ScimException.InvalidFilter($"The filter looks at more than {MaxTests} values of each resource. Ask for fewer attributes at once.");

    private string PresentInElements(string json, IReadOnlyList<string> path, Func<JsonPlace, string>? condition) =>
        AnyElement(json, path, element => condition is null ? $"{element.Text(dialect)} <> ''" : condition(element));

    private string Comparison(Filter.Comparison comparison)
    {
        var resolved = FilterRules.Resolve(comparison.Path, type);
        var key = FilterRules.Key(resolved.Target, comparison.Value);
        if (table.Columns.TryGetValue(resolved.ToString(), out var column))
        {
            return Compare(column, comparison.Operator, key);
        }

        var candidates = Candidates(resolved.ToString(), comparison.Operator, key);
        if (candidates.Length > 0 && IsWhole(key!))
        {
            return candidates;
        }

        if (!resolved.Attribute!.MultiValued)
        {
            return And(candidates, Compare(dialect.JsonText(search, Path(resolved)), comparison.Operator, key));
        }

        if (key is null)
        {
            // eq null: nothing is assigned. ne null: something is.
            var present = Presence(resolved);
            return comparison.Operator == ComparisonOperator.Eq ? $"(not {present})" : present;
        }

        if (comparison.Operator != ComparisonOperator.Ne)
        {
            return And(candidates, InElements(resolved, text => Compare(text, comparison.Operator, key)));
        }

        // Some value differs, or there is none.
        var value = parameters.Add(key);
        return $"({InElements(resolved, text => $"{text} <> {value}")} or not {InElements(resolved, text => $"{text} is not null")})";
    }

    /// <summary>Whether the condition holds for the text of any value of a multi-valued attribute.</summary>
    private string InElements(ResolvedAttribute resolved, Func<string, string> condition) => AnyValue(
        resolved with { SubAttribute = null },
        element => condition(resolved.SubAttribute is null ? element.Text(dialect) : element.Text(dialect, resolved.SubAttribute.Name)));

    /// <summary>Whether a condition holds for any value of a multi-valued attribute.</summary>
    private string AnyValue(ResolvedAttribute whole, Func<JsonPlace, string> condition) =>
        RowsOf(whole) is { } rows ? AnyRow(rows, condition) : AnyElement(Source(whole), Path(whole), condition);

    private ValueRows? RowsOf(ResolvedAttribute resolved) => table.Rows.GetValueOrDefault((resolved with { SubAttribute = null }).ToString());

    private string AnyRow(ValueRows rows, Func<JsonPlace, string> condition) => $"(exists (select 1 from {Selected(rows, condition)}))";

    private string Selected(ValueRows rows, Func<JsonPlace, string> condition, string? id = null)
    {
        var alias = NextAlias();
        return $"{rows.From(alias, id ?? $"{table.Alias}.id")} and {condition(new JsonPlace("", [], alias) { Rows = rows })}";
    }

    /// <summary>
    /// The values of an attribute that are rows, as far as a checked filter over their sub-attributes selects them: what stands behind
    /// <c>from</c> for the resource of the id that a parameter has, the alias of the rows being <c>e0</c>.
    /// </summary>
    public string Values(ResolvedAttribute whole, Filter inner, string id) => Selected(RowsOf(whole)!, row => Inner(inner, whole.Attribute!, row, negated: false), id);

    /// <summary>Whether a condition holds for any element of an array.</summary>
    private string AnyElement(string json, IReadOnlyList<string> path, Func<JsonPlace, string> condition)
    {
        var alias = NextAlias();
        return $"(exists (select 1 from {dialect.JsonElements(json, path, alias)} where {condition(new JsonPlace(dialect.JsonElement(alias), [], alias))}))";
    }

    private string ValuePath(Filter.ValuePath valuePath)
    {
        var resolved = FilterRules.Resolve(valuePath.Path, type);
        var attribute = resolved.Attribute!;
        if (resolved.Extension is null && attribute == CommonAttributes.Meta)
        {
            // There is one, and it lies in columns: what its brackets ask is asked of its parts.
            return Compile(OfParts(valuePath.Inner, valuePath.Path), negated: true);
        }

        if (!attribute.MultiValued)
        {
            var path = Path(resolved);
            return $"({dialect.JsonExists(search, path)} and {Inner(valuePath.Inner, attribute, new JsonPlace(search, path, null), negated: false)})";
        }

        if (OfTypeAndValue(resolved, valuePath.Inner) is { } found)
        {
            return found;
        }

        return And(
            Candidates(resolved, valuePath.Inner),
            AnyValue(resolved, element => Inner(valuePath.Inner, attribute, element, negated: false)));
    }

    /// <summary>
    /// <c>type eq … and value eq …</c>, which is how clients ask for an address: the look-up table has the type beside the value, so that it
    /// decides alone. Null for all other filters, and where it has not the whole of one of the two.
    /// </summary>
    private string? OfTypeAndValue(ResolvedAttribute resolved, Filter inner)
    {
        if (RowsOf(resolved) is not null || inner is not Filter.And { Left: Filter.Comparison { Operator: ComparisonOperator.Eq } left, Right: Filter.Comparison { Operator: ComparisonOperator.Eq } right })
        {
            return null;
        }

        var (type, value) = NamesValue(left) ? (right, left) : (left, right);
        if (!NamesValue(value) || !"type".Equals(type.Path.Name, StringComparison.OrdinalIgnoreCase) || type.Path.SubAttribute is not null)
        {
            return null;
        }

        var typeKey = FilterRules.Key(FilterRules.ResolveInner(type.Path, resolved.Attribute!), type.Value);
        var valueKey = FilterRules.Key(FilterRules.ResolveInner(value.Path, resolved.Attribute!), value.Value);
        return !string.IsNullOrEmpty(typeKey) && IsWhole(typeKey) && valueKey is not null && IsWhole(valueKey)
            && Candidates(resolved, value, $" and l.type_key = {parameters.Add(typeKey)}") is { Length: > 0 } found
            ? found
            : null;
    }

    private static Filter OfParts(Filter inner, AttributePath whole) => inner switch
    {
        Filter.And and => new Filter.And(OfParts(and.Left, whole), OfParts(and.Right, whole)),
        Filter.Or or => new Filter.Or(OfParts(or.Left, whole), OfParts(or.Right, whole)),
        Filter.Not not => new Filter.Not(OfParts(not.Inner, whole)),
        Filter.Presence presence => new Filter.Presence(whole with { SubAttribute = presence.Path.Name }),
        Filter.Comparison comparison => comparison with { Path = whole with { SubAttribute = comparison.Path.Name } },
        _ => throw new ArgumentOutOfRangeException(nameof(inner)),
    };

    /// <summary>The candidates of the first comparison that every element has to fulfil and that a look-up serves.</summary>
    private string Candidates(ResolvedAttribute resolved, Filter inner, string further = "") => inner switch
    {
        Filter.And both when NamesValue(both.Right) && Candidates(resolved, both.Right) is { Length: > 0 } right => right,
        Filter.And and => Candidates(resolved, and.Left) is { Length: > 0 } left ? left : Candidates(resolved, and.Right),
        Filter.Comparison comparison when FilterRules.ResolveInner(comparison.Path, resolved.Attribute!) is var compared => Candidates(
            (compared == resolved.Attribute ? resolved : resolved with { SubAttribute = compared }).ToString(),
            comparison.Operator,
            FilterRules.Key(compared, comparison.Value),
            further),
        _ => "",
    };

    /// <summary>Whether a term is over <c>value</c>, of which there are more than of types.</summary>
    private static bool NamesValue(Filter filter) => filter is Filter.Comparison { Path.Name: { } name } && name.Equals("value", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The condition that the look-up table has a resource for a value, empty where no look-up serves the comparison. Keys in the table
    /// are cut off, so of a longer one it tells candidates only.
    /// </summary>
    private string Candidates(string attribute, ComparisonOperator comparison, string? key, string further = "")
    {
        if (!string.IsNullOrEmpty(key) && comparison == ComparisonOperator.Eq && attribute.EndsWith(".value", StringComparison.Ordinal)
            && table.Rows.GetValueOrDefault(attribute[..^".value".Length]) is { } rows)
        {
            return $"({rows.WithValue(parameters.Add(key))})";
        }

        if (string.IsNullOrEmpty(key) || comparison is not (ComparisonOperator.Eq or ComparisonOperator.Sw) || !table.Lookups.Contains(attribute))
        {
            return "";
        }

        var cut = string.Concat(key.EnumerateRunes().Take(ResourceTable.MaxLookupKey));
        var value = parameters.Add(cut);
        var matches = comparison == ComparisonOperator.Eq ? $"l.value_key = {value}" : StartsWith("l.value_key", cut, value);
        return $"({table.Alias}.id in (select l.id from {table.LookupTable} l where l.organization_id = @organizationId and l.attribute = {Literal(attribute)} and {matches}{further}))";
    }

    private static string And(string candidates, string condition) => candidates.Length > 0 ? $"({candidates} and {condition})" : condition;

    /// <summary>Whether the table holds the whole of a key.</summary>
    private static bool IsWhole(string key) => key.Length < ResourceTable.MaxLookupKey;

    /// <summary>The name of an attribute as text. Names come from the schemas, which have no quotes in them.</summary>
    private static string Literal(string attribute) => attribute.Contains('\'', StringComparison.Ordinal)
        ? throw new InvalidOperationException($"The schema name {attribute} cannot stand in SQL.")
        : $"'{attribute}'";

    private string Inner(Filter filter, AttributeDefinition attribute, JsonPlace element, bool negated)
    {
        switch (filter)
        {
            case Filter.And and:
                return $"({Inner(and.Left, attribute, element, negated)} and {Inner(and.Right, attribute, element, negated)})";
            case Filter.Or or:
                return $"({Inner(or.Left, attribute, element, negated)} or {Inner(or.Right, attribute, element, negated)})";
            case Filter.Not not:
                return $"(not {Inner(not.Inner, attribute, element, negated: true)})";
            case Filter.Presence presence:
                var present = FilterRules.ResolveInner(presence.Path, attribute);
                return present == attribute ? $"({element.Text(dialect)} <> '')"
                    : element.Rows is not null ? $"(coalesce({element.Text(dialect, Counted(present).Name)}, '') <> '')"
                    : PresentIn(element.Json, [.. element.Path, present.Name], present);
            case Filter.Comparison comparison:
                var compared = FilterRules.ResolveInner(comparison.Path, attribute);
                var text = compared == attribute ? element.Text(dialect) : element.Text(dialect, compared.Name);
                return Decided(Compare(text, comparison.Operator, FilterRules.Key(compared, comparison.Value)), negated);
            default:
                throw new ArgumentOutOfRangeException(nameof(filter));
        }
    }

    private string Compare(string text, ComparisonOperator comparison, string? key)
    {
        text = Counted(text);
        if (key is null)
        {
            return comparison == ComparisonOperator.Eq ? $"(coalesce({text}, '') = '')" : $"(coalesce({text}, '') <> '')";
        }

        var value = parameters.Add(key);
        return comparison switch
        {
            ComparisonOperator.Eq => $"({text} = {value})",
            ComparisonOperator.Ne => $"({text} is distinct from {value})",
            ComparisonOperator.Co => key.Length == 0 ? $"({text} is not null)" : dialect.Contains(text, value),
            ComparisonOperator.Sw => StartsWith(text, key, value),
            ComparisonOperator.Ew => $"(length({text}) >= length({value}) and substr({text}, length({text}) - length({value}) + 1) = {value})",
            ComparisonOperator.Gt => $"({text} > {value})",
            ComparisonOperator.Ge => $"({text} >= {value})",
            ComparisonOperator.Lt => $"({text} < {value})",
            _ => $"({text} <= {value})",
        };
    }

    /// <summary>A range, which an index can serve: from the prefix to the first text that sorts after all that begin with it.</summary>
    private string StartsWith(string text, string key, string value) =>
        Successor(key) is { } end ? $"({text} >= {value} and {text} < {parameters.Add(end)})" : $"({text} >= {value})";

    /// <summary>The least text, by code points, that is greater than every text with this prefix; null where there is none.</summary>
    private static string? Successor(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var last = runes[^1].Value;
            runes.RemoveAt(runes.Count - 1);
            if (last < 0x10FFFF)
            {
                var builder = new StringBuilder();
                runes.ForEach(rune => builder.Append(rune.ToString()));
                return builder.Append(new Rune(last + 1 is var next && next is >= 0xD800 and <= 0xDFFF ? 0xE000 : next).ToString()).ToString();
            }
        }

        return null;
    }

    private static bool IsSchemas(ResolvedAttribute resolved) => resolved.Extension is null && resolved.Attribute == CommonAttributes.Schemas;

    /// <summary>The JSON expression in which an attribute is looked up.</summary>
    private string Source(ResolvedAttribute resolved) => IsSchemas(resolved) ? Schemas() : search;

    /// <summary>What <c>schemas</c> holds follows from which extensions have data, so no row keeps it: this makes it where a filter asks.</summary>
    private string Schemas()
    {
        var start = parameters.Add($"{{\"schemas\":[{Quoted(type.Schema.Id)}");
        var extensions = type.Extensions.Select(extension => extension.Schema.Id)
            .Select(urn => $" || case when {dialect.JsonExists(search, [urn])} then {parameters.Add($",{Quoted(urn)}")} else '' end");
        return dialect.Json($"({start}{string.Concat(extensions)} || ']}}')");

        static string Quoted(string urn) => JsonSerializer.Serialize(CommonAttributes.Schemas.Fold(urn));
    }

    private static List<string> Path(ResolvedAttribute resolved)
    {
        var path = new List<string>(3);
        if (resolved.Extension is not null)
        {
            path.Add(resolved.Extension);
        }

        if (resolved.Attribute is not null)
        {
            path.Add(resolved.Attribute.Name);
        }

        if (resolved.SubAttribute is not null)
        {
            path.Add(resolved.SubAttribute.Name);
        }

        return path;
    }

    private string NextAlias() => $"e{aliases++}";
}
