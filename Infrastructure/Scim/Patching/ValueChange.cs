using System.Collections.Immutable;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>One operation on the value of one attribute, from its value before to its value after. RFC 7644 §3.5.2.1 to §3.5.2.3.</summary>
internal sealed class ValueChange(ResolvedAttribute resolved, PatchOperation operation, QuirkUse quirks, PatchBudget budget)
{
    private readonly AttributeDefinition attribute = resolved.Attribute!;
    private readonly string path = operation.Path.ToString();
    private (AttributeValue? Value, JsonElement Json)? elementRead;
    private (AttributeValue? Value, bool Done)? valueRead;

    private bool Removes => operation.Action == PatchAction.Remove;

    private bool Replaces => operation.Action == PatchAction.Replace;

    public AttributeValue? Apply(AttributeValue? before)
    {
        budget.Spend(Elements(before).Length, operation.Path.Filter);
        var after = Change(before);

        // RFC 7643 §7: an immutable value may be set once and not changed or removed.
        return attribute.Mutability == Mutability.Immutable && before is not null && !before.Equals(after)
            ? throw ScimException.Mutability($"'{resolved}' is immutable.")
            : after;
    }

    private AttributeValue? Change(AttributeValue? before)
    {
        if (operation.Path.Filter is not null)
        {
            return attribute.MultiValued
                ? Multi(ApplyToMatches(Elements(before)))
                : throw ScimException.InvalidPath($"'{resolved}' has one value; brackets do not apply to it.");
        }

        if (attribute.MultiValued)
        {
            return resolved.SubAttribute is null ? ApplyToList(before) : Multi(ApplyToEach(Elements(before)));
        }

        if (resolved.SubAttribute is not null)
        {
            return NullIfEmpty(SetSubAttribute(before as AttributeValue.Complex ?? AttributeValue.Complex.Empty));
        }

        return attribute.IsComplex ? MergeComplex(before as AttributeValue.Complex) : SetSimple(before);
    }

    private AttributeValue? SetSimple(AttributeValue? before)
    {
        if (Removes)
        {
            return null;
        }

        // Adding nothing changes nothing (RFC 7644 §3.5.2.1); replacing by nothing unassigns (RFC 7643 §2.5).
        return Read(attribute) ?? (Replaces ? Emptied() : before);
    }

    private AttributeValue? Emptied() => attribute.Required ? throw ScimException.InvalidValue($"{resolved}: is required.") : null;

    /// <summary>The sub-attributes named are set, the others kept, on replace too (RFC 7644 §3.5.2.3).</summary>
    private AttributeValue.Complex? MergeComplex(AttributeValue.Complex? before)
    {
        if (Removes)
        {
            return null;
        }

        if (operation.Value is not { ValueKind: JsonValueKind.Object } json)
        {
            var whole = (AttributeValue.Complex?)Read(attribute);
            return whole is null ? (Replaces ? (AttributeValue.Complex?)Emptied() : before) : Merge(before, whole);
        }

        return Merge(before, (AttributeValue.Complex?)Read(attribute), json);
    }

    private AttributeValue.Complex? Merge(AttributeValue.Complex? before, AttributeValue.Complex? value, JsonElement json = default)
    {
        var after = before ?? AttributeValue.Complex.Empty;
        if (Replaces && json.ValueKind == JsonValueKind.Object)
        {
            // What the object names and leaves empty is unassigned: {"middleName": null}.
            foreach (var property in json.EnumerateObject())
            {
                if (attribute.SubAttribute(property.Name) is { Mutability: not Mutability.ReadOnly } subAttribute && value?[subAttribute.Name] is null)
                {
                    after = after.With(subAttribute.Name, CheckedSub(subAttribute, after[subAttribute.Name], null));
                }
            }
        }

        foreach (var (name, subValue) in value?.Members ?? [])
        {
            after = after.With(name, CheckedSub(attribute.SubAttribute(name)!, after[name], subValue));
        }

        return NullIfEmpty(after);
    }

    private AttributeValue.Complex SetSubAttribute(AttributeValue.Complex element)
    {
        var subAttribute = resolved.SubAttribute!;
        var before = element[subAttribute.Name];
        var value = Removes ? null : Read(subAttribute);
        if (value is null && operation.Action == PatchAction.Add)
        {
            return element;
        }

        if (value is null && subAttribute.Required)
        {
            throw Removes ? ScimException.Mutability($"'{resolved}' is required and cannot be removed.") : ScimException.InvalidValue($"{resolved}: is required.");
        }

        return element.With(subAttribute.Name, CheckedSub(subAttribute, before, value));
    }

    private AttributeValue? CheckedSub(AttributeDefinition subAttribute, AttributeValue? before, AttributeValue? after) =>
        subAttribute.Mutability == Mutability.Immutable && before is not null && !before.Equals(after)
            ? throw ScimException.Mutability($"'{resolved.Attribute!.Name}.{subAttribute.Name}' is immutable.")
            : after;

    private AttributeValue? ApplyToList(AttributeValue? before)
    {
        var elements = Elements(before);
        if (Removes)
        {
            return operation.Value is { ValueKind: not JsonValueKind.Null } listed && quirks.Allows(Quirk.RemoveListedValues)
                ? Multi(PatchQuirks.WithoutListed(attribute, elements, listed))
                : null;
        }

        var values = Elements(Read(attribute));
        if (Replaces)
        {
            return values.IsEmpty ? Emptied() : Multi(values);
        }

        return Multi(ElementList.Add(attribute, elements, values));
    }

    /// <summary>A sub-attribute of all values: RFC 7644 is silent; each value is changed.</summary>
    private ImmutableArray<AttributeValue> ApplyToEach(ImmutableArray<AttributeValue> elements)
    {
        if (elements.IsEmpty && !Removes)
        {
            throw ScimException.NoTarget($"'{attribute.Name}' has no values whose '{resolved.SubAttribute!.Name}' could be set.");
        }

        return Change(elements, Enumerable.Range(0, elements.Length));
    }

    private ImmutableArray<AttributeValue> ApplyToMatches(ImmutableArray<AttributeValue> elements)
    {
        var filter = FilterRules.CheckInner(operation.Path.Filter!, attribute, quirks);
        var matches = Enumerable.Range(0, elements.Length).Where(index => FilterMatch.MatchesValue(filter, attribute, elements[index])).ToArray();
        if (matches.Length > 0)
        {
            return Change(elements, matches);
        }

        if (Removes)
        {
            // RFC 7644 §3.5.2.2: removing what is not there succeeds.
            return elements;
        }

        var created = ElementList.FromFilter(attribute, filter);
        if (created is null || (Replaces && !quirks.Allows(Quirk.ReplaceWithoutMatchAsAdd)))
        {
            throw ScimException.NoTarget($"No value of '{attribute.Name}' matches the filter in '{Excerpt.Of(path)}'.");
        }

        // An empty value describes no element.
        if ((resolved.SubAttribute is null ? ReadElement().Value : Read(resolved.SubAttribute)) is null)
        {
            return elements;
        }

        var element = resolved.SubAttribute is null ? ChangeElement(created) : SetSubAttribute((AttributeValue.Complex)created);
        return element is null ? elements : ElementList.WithOnePrimary(elements.Add(element), [elements.Length], path);
    }

    private ImmutableArray<AttributeValue> Change(ImmutableArray<AttributeValue> elements, IEnumerable<int> indices)
    {
        var after = elements.ToBuilder();
        var touched = new List<int>();
        var emptied = new HashSet<int>();
        foreach (var index in indices)
        {
            var changed = resolved.SubAttribute is not null && elements[index] is AttributeValue.Complex complex
                ? NullIfEmpty(SetSubAttribute(complex))
                : ChangeElement(elements[index]);
            if (changed is null)
            {
                emptied.Add(index);
            }
            else
            {
                after[index] = changed;
                touched.Add(index);
            }
        }

        var primary = ElementList.WithOnePrimary(after.ToImmutable(), touched, path);
        return emptied.Count == 0 ? primary : [.. primary.Where((_, index) => !emptied.Contains(index))];
    }

    /// <summary>The element after the operation, null where it goes.</summary>
    private AttributeValue? ChangeElement(AttributeValue before)
    {
        if (Removes)
        {
            return null;
        }

        var (value, json) = ReadElement();
        if (value is not AttributeValue.Complex complex || before is not AttributeValue.Complex element)
        {
            return value ?? (Replaces ? null : before);
        }

        return Replaces && !quirks.Allows(Quirk.ReplaceElementAsMerge) ? Record(element, complex) : Merge(element, complex, json);
    }

    /// <summary>The element replaced as a whole, but for what the client cannot change: read-only and immutable sub-attributes.</summary>
    private AttributeValue.Complex Record(AttributeValue.Complex element, AttributeValue.Complex value)
    {
        foreach (var (name, before) in element.Members)
        {
            // A name that the schema has no more goes with the record.
            if (attribute.SubAttribute(name) is { } subAttribute && subAttribute.Mutability is Mutability.ReadOnly or Mutability.Immutable)
            {
                value = value.With(name, CheckedSub(subAttribute, before, value[name] ?? before));
            }
        }

        return value;
    }

    /// <summary>Read once: every element that the operation changes shares the one value.</summary>
    private (AttributeValue? Value, JsonElement Json) ReadElement() => elementRead ??= ReadNewElement();

    /// <summary>Read once, as above; an operation reads its value for one target only.</summary>
    private AttributeValue? Read(AttributeDefinition target) => (valueRead ??= (ReadNew(target), Done: true)).Value;

    private (AttributeValue? Value, JsonElement Json) ReadNewElement()
    {
        var reader = new ValueReader(quirks);
        var json = operation.Value!.Value;
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 1)
        {
            json = json[0];
        }

        var value = reader.ReadSingle(attribute, json, path);
        reader.ThrowIfFound();
        return (value, json);
    }

    private AttributeValue? ReadNew(AttributeDefinition target)
    {
        var reader = new ValueReader(quirks);
        var json = operation.Value!.Value;

        // RFC 7644 §3.5.2.1: what is added to a multi-valued attribute may be a single value.
        var value = operation.Action == PatchAction.Add && target.MultiValued && json.ValueKind != JsonValueKind.Array
            ? reader.ReadSingle(target, json, path) is { } single ? new AttributeValue.Multi([single]) : null
            : reader.Read(target, json, path);
        reader.ThrowIfFound();
        return value;
    }

    private static AttributeValue.Complex? NullIfEmpty(AttributeValue.Complex value) => value.IsEmpty ? null : value;

    private static AttributeValue.Multi? Multi(ImmutableArray<AttributeValue> elements) => elements.IsEmpty ? null : new AttributeValue.Multi(elements);

    /// <summary>The values, of which there may be one: the attribute may have had one value only when it was written.</summary>
    private static ImmutableArray<AttributeValue> Elements(AttributeValue? value) => value is null ? [] : (value as AttributeValue.Multi)?.Elements ?? [value];
}
