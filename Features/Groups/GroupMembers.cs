using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Groups;

/// <summary>
/// The attribute <c>members</c> as clients send it: members in a body, and patch operations over them. Members come and go, and what is
/// said of one (<c>value</c>, <c>type</c>) cannot change. RFC 7643 §4.2, RFC 7644 §3.5.2.
/// </summary>
internal static class GroupMembers
{
    /// <summary>The attribute's name.</summary>
    public const string Name = "members";

    /// <summary>The members in the body of a POST or PUT, and the group without them.</summary>
    public static (ResourceDocument Group, IReadOnlyList<Member> Members) Split(ResourceDocument group) =>
        (group with { Attributes = group.Attributes.With(Name, null) }, Read(group.Attributes[Name]));

    /// <summary>The operations over members, and those over the rest of the group. The order of the two kinds does not matter: they have nothing in common.</summary>
    public static (PatchRequest Others, IReadOnlyList<MemberChange> Changes) Split(PatchRequest patch, ResourceType type, QuirkUse quirks)
    {
        var members = type.TopLevel(Name)!;
        var kinds = patch.Operations.ToLookup(operation => type.Resolve(operation.Path.Attribute)?.Attribute is { } attribute && ReferenceEquals(attribute, members));
        return (new PatchRequest([.. kinds[false]]), [.. kinds[true].SelectMany(operation => Read(operation, members, quirks))]);
    }

    private static IEnumerable<MemberChange> Read(PatchOperation operation, AttributeDefinition members, QuirkUse quirks)
    {
        var path = operation.Path;
        if ((path.SubAttribute ?? path.Attribute.SubAttribute) is { } subAttribute)
        {
            throw members.SubAttribute(subAttribute) is null
                ? ScimException.InvalidPath($"'{Name}' has no sub-attribute '{Excerpt.Of(subAttribute)}'.")
                : ScimException.Mutability($"'{Name}.{subAttribute}' is immutable. Remove the member and add another.");
        }

        if (path.Filter is not null)
        {
            return ReadMatches(operation, FilterRules.CheckInner(path.Filter, members, quirks), members, quirks);
        }

        return operation.Action switch
        {
            PatchAction.Add => [new MemberChange.Add(ReadList(operation, members, quirks))],
            PatchAction.Replace => [new MemberChange.ReplaceAll(ReadList(operation, members, quirks))],
            _ when NamesValues(operation.Value) && quirks.Allows(Quirk.RemoveListedValues) => [new MemberChange.Remove(Listed(operation, members, quirks))],
            _ => [new MemberChange.ReplaceAll([])],
        };
    }

    private static IEnumerable<MemberChange> ReadMatches(PatchOperation operation, Filter inner, AttributeDefinition members, QuirkUse quirks)
    {
        var id = inner is Filter.Comparison { Operator: ComparisonOperator.Eq, Value: FilterLiteral.Text text, Path.Name: var name } && "value".Equals(name, StringComparison.OrdinalIgnoreCase)
            ? IdOf(text.Value)
            : null;
        if (operation.Action == PatchAction.Remove)
        {
            return [id is null ? new MemberChange.RemoveMatches(inner) : new MemberChange.Remove([id])];
        }

        // members[value eq "1"] says who; the value can add nothing to that but its type, and an empty one describes nobody.
        var reader = new ValueReader(quirks);
        var element = reader.ReadSingle(members, operation.Value!.Value, Name) as AttributeValue.Complex;
        reader.ThrowIfFound();
        if (id is null || (element?["value"] is AttributeValue.Text named && IdOf(named.Value) != id))
        {
            throw ScimException.Mutability($"What '{Name}' says of a member is immutable. Remove the member and add another.");
        }

        var member = new Member(id, (element?["type"] as AttributeValue.Text)?.Value);
        return element is null ? [] : operation.Action == PatchAction.Replace ? [new MemberChange.ReplaceOne(member, quirks)] : [new MemberChange.Add([member])];
    }

    /// <summary>The values of add and replace; null is none.</summary>
    private static IReadOnlyList<Member> ReadList(PatchOperation operation, AttributeDefinition members, QuirkUse quirks)
    {
        var reader = new ValueReader(quirks);
        var value = reader.Read(members, operation.Value!.Value, Name);
        reader.ThrowIfFound();
        return Read(value);
    }

    private static IReadOnlyList<Member> Read(AttributeValue? value)
    {
        if (value is not AttributeValue.Multi { Elements: var elements })
        {
            return [];
        }

        var members = new Member[elements.Length];
        for (var index = 0; index < members.Length; index++)
        {
            var element = (AttributeValue.Complex)elements[index];
            var id = element["value"] is AttributeValue.Text text ? IdOf(text.Value) : null;
            members[index] = new Member(id ?? throw ScimException.InvalidValue($"{Name}[{index}].value: is required."), (element["type"] as AttributeValue.Text)?.Value);
        }

        return members;
    }

    private static bool NamesValues(JsonElement? value) => value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };

    /// <summary>The ids that a remove with a value means; an item without one means nobody.</summary>
    private static string[] Listed(PatchOperation operation, AttributeDefinition members, QuirkUse quirks)
    {
        var reader = new ValueReader(quirks);
        var value = reader.Read(members, operation.Value!.Value, Name);
        reader.ThrowIfFound();
        return value is AttributeValue.Multi multi
            ? [.. multi.Elements.Select(element => ((AttributeValue.Complex)element)["value"]).OfType<AttributeValue.Text>().Select(text => IdOf(text.Value))]
            : [];
    }

    /// <summary>Ids are in lower case, so both readings of caseExact agree.</summary>
    private static string IdOf(string sent) => sent.ToLowerInvariant();
}
