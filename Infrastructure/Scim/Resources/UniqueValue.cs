using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>A value that no other resource of the organization may have. RFC 7643 §2.2.</summary>
/// <param name="Attribute">The attribute's full name.</param>
/// <param name="Key">The value in the form in which it is compared.</param>
public sealed record UniqueValue(string Attribute, string Key)
{
    /// <summary>
    /// The values of a document that have to be unique, without those of <paramref name="besides"/>, which the caller sees to. Empty for
    /// nearly all: no built-in attribute but userName asks for it.
    /// </summary>
    public static IReadOnlyList<UniqueValue> Of(ResourceDocument document, string besides)
    {
        List<UniqueValue>? values = null;
        Add(document.Attributes, null, document.Type.Schema);
        foreach (var extension in document.Type.Extensions)
        {
            if (extension.Schema.Unique.Count > 0 && document.Attributes[extension.Schema.Id] is AttributeValue.Complex container)
            {
                Add(container, extension.Schema.Id, extension.Schema);
            }
        }

        return values is null ? [] : [.. values.Distinct()];

        void Add(AttributeValue.Complex container, string? urn, Schema schema)
        {
            foreach (var (attribute, subAttribute) in schema.Unique)
            {
                if (urn is null && attribute.Name == besides)
                {
                    continue;
                }

                var name = new ResolvedAttribute(urn, attribute, subAttribute).ToString();
                foreach (var value in Simple(container[attribute.Name], subAttribute?.Name))
                {
                    (values ??= []).Add(new UniqueValue(name, ComparisonKey.Of(subAttribute ?? attribute, value)));
                }
            }
        }
    }

    private static IEnumerable<AttributeValue> Simple(AttributeValue? value, string? subAttribute) => value switch
    {
        null => [],
        AttributeValue.Multi multi => multi.Elements.SelectMany(element => Simple(element, subAttribute)),
        AttributeValue.Complex complex => subAttribute is not null && complex[subAttribute] is { } found ? [found] : [],
        _ => [value],
    };
}
