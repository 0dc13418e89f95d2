using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>
/// Turns JSON into typed values as a schema asks: exact types, safe coercions, null and [] as unassigned. It gathers every
/// violation before it refuses, so that an administrator sees them together. RFC 7643 §2.
/// </summary>
public sealed class ValueReader(QuirkUse quirks)
{
    /// <summary>Violations told in one error; the rest are counted.</summary>
    private const int ToldFindings = 5;

    private readonly List<Finding> findings = [];

    /// <summary>
    /// The value of a whole attribute, or of a sub-attribute, null where <paramref name="json"/> leaves it unassigned.
    /// </summary>
    public AttributeValue? Read(AttributeDefinition attribute, JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return attribute.MultiValued ? ReadMulti(attribute, json, path) : ReadSingle(attribute, json, path);
    }

    /// <summary>One value of a multi-valued attribute, or the value of a single-valued one.</summary>
    public AttributeValue? ReadSingle(AttributeDefinition attribute, JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() <= 1 && quirks.Allows(Quirk.ListForSingleValue))
        {
            return json.GetArrayLength() == 0 ? null : ReadSingle(attribute, json[0], path);
        }

        if (json.ValueKind == JsonValueKind.String && json.ValueEquals(""u8) && !quirks.Strict)
        {
            quirks.Allows(Quirk.EmptyTextAsUnassigned);
            return null;
        }

        return attribute.Type switch
        {
            AttributeType.Boolean => ReadBoolean(json, path),
            AttributeType.Integer or AttributeType.Decimal => ReadNumber(attribute, json, path),
            AttributeType.Complex => ReadComplex(attribute, json, path),
            _ => ReadText(attribute, json, path),
        };
    }

    /// <summary>Throws one 400 invalidValue for all that was found, if anything was.</summary>
    public void ThrowIfFound()
    {
        if (findings.Count == 0)
        {
            return;
        }

        var told = string.Join("; ", findings.Take(ToldFindings));
        throw ScimException.InvalidValue(findings.Count > ToldFindings ? $"{told}; and {findings.Count - ToldFindings} more." : $"{told}.");
    }

    public void Report(Finding finding) => findings.Add(finding);

    private AttributeValue? ReadMulti(AttributeDefinition attribute, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            if (!quirks.Allows(Quirk.SingleValueForList))
            {
                findings.Add(new Finding(path, "expected an array", KindOf(json)));
                return null;
            }

            return ReadSingle(attribute, json, path) is { } single ? new AttributeValue.Multi([single]) : null;
        }

        if (json.GetArrayLength() > attribute.MaxValues)
        {
            findings.Add(new Finding(path, $"has at most {attribute.MaxValues} values", $"{json.GetArrayLength()}"));
            return null;
        }

        var elements = ImmutableArray.CreateBuilder<AttributeValue>(json.GetArrayLength());
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Array)
            {
                findings.Add(new Finding($"{path}[{index}]", $"expected {Article(attribute.Type)}", "an array"));
            }
            else if (ReadSingle(attribute, item, $"{path}[{index}]") is { } element)
            {
                elements.Add(element);
            }

            index++;
        }

        CheckPrimary(elements, path);
        return elements.Count == 0 ? null : new AttributeValue.Multi(elements.DrainToImmutable());
    }

    /// <summary>RFC 7643 §2.4: primary is true for at most one value.</summary>
    private void CheckPrimary(ImmutableArray<AttributeValue>.Builder elements, string path)
    {
        if (elements.Count(element => element is AttributeValue.Complex complex && complex["primary"] is AttributeValue.Boolean { Value: true }) > 1)
        {
            findings.Add(new Finding(path, "only one value may be primary"));
        }
    }

    private AttributeValue.Complex? ReadComplex(AttributeDefinition attribute, JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.String && attribute.SubAttribute("value") is { } valueAttribute && quirks.Allows(Quirk.TextForComplex))
        {
            return ReadSingle(valueAttribute, json, $"{path}.value") is { } text ? AttributeValue.Complex.Empty.With(valueAttribute.Name, text) : null;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            findings.Add(new Finding(path, "expected an object", KindOf(json)));
            return null;
        }

        var members = ImmutableArray.CreateBuilder<KeyValuePair<string, AttributeValue>>();
        var seen = 0UL;
        foreach (var property in json.EnumerateObject())
        {
            var name = property.Name;
            var index = IndexOf(attribute.SubAttributes, name);
            if (index < 0)
            {
                continue;
            }

            RefuseRepeated(ref seen, index, path, name);
            var subAttribute = attribute.SubAttributes[index];
            if (subAttribute.Mutability != Mutability.ReadOnly
                && Read(subAttribute, property.Value, $"{path}.{subAttribute.Name}") is { } value

                // Checked for its type, then dropped.
                && subAttribute.Mutability != Mutability.WriteOnly)
            {
                members.Add(new(subAttribute.Name, value));
            }
        }

        return members.Count == 0 ? null : new AttributeValue.Complex(members.DrainToImmutable());
    }

    private AttributeValue.Boolean? ReadBoolean(JsonElement json, string path)
    {
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return new AttributeValue.Boolean(json.GetBoolean());
        }

        if (json.ValueKind == JsonValueKind.String && bool.TryParse(json.GetString(), out var value) && quirks.Allows(Quirk.BooleanAsText))
        {
            return new AttributeValue.Boolean(value);
        }

        findings.Add(new Finding(path, "expected true or false", KindOf(json)));
        return null;
    }

    private AttributeValue.Number? ReadNumber(AttributeDefinition attribute, JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            // RFC 7643 §2.3.4: an integer has no fraction and no exponent, not even 1.0 or 1e3.
            var integer = attribute.Type == AttributeType.Integer;
            if (integer ? json.GetRawText().AsSpan().IndexOfAny(".eE") < 0 && json.TryGetInt64(out _) : json.TryGetDecimal(out _))
            {
                return new AttributeValue.Number(json.GetDecimal());
            }
        }

        findings.Add(new Finding(path, $"expected {Article(attribute.Type)}", KindOf(json)));
        return null;
    }

    private AttributeValue.Text? ReadText(AttributeDefinition attribute, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            var scalar = json.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
            if (scalar && attribute.Type == AttributeType.String && !attribute.Closed && attribute.Mutability != Mutability.WriteOnly
                && quirks.Allows(Quirk.NumberAsText))
            {
                return new AttributeValue.Text(json.GetRawText());
            }

            findings.Add(new Finding(path, $"expected {Article(attribute.Type)}", KindOf(json)));
            return null;
        }

        var text = json.GetString()!;
        if (text.Length > DocumentLimits.MaxTextLength)
        {
            findings.Add(new Finding(path, $"has at most {DocumentLimits.MaxTextLength} characters", $"{text.Length}"));
            return null;
        }

        if (attribute.Type == AttributeType.DateTime && !DateTimeValue.TryParse(text, out _))
        {
            findings.Add(new Finding(path, "expected a date and time such as 2026-11-23T10:00:00Z"));
        }
        else if (attribute.Type == AttributeType.Binary && !IsBase64(text))
        {
            findings.Add(new Finding(path, "expected base64"));
        }
        else if (attribute.Type == AttributeType.Reference && !Uri.IsWellFormedUriString(text, UriKind.RelativeOrAbsolute) && !quirks.Allows(Quirk.ReferenceAsSent))
        {
            findings.Add(new Finding(path, "expected a URI"));
        }
        else if (attribute.Closed && !attribute.CanonicalValues.Any(value => attribute.Fold(value) == attribute.Fold(text)))
        {
            findings.Add(new Finding(path, $"must be one of {string.Join(", ", attribute.CanonicalValues)}"));
        }

        return new AttributeValue.Text(text);
    }

    /// <summary>RFC 7643 §2.3.6: the alphabet of RFC 4648 §4; the padding may be left off.</summary>
    private static bool IsBase64(string text) => text.AsSpan().IndexOfAny(" \t\r\n") < 0
        && (Base64.IsValid(text) || (text.Length % 4 != 0 && !text.EndsWith('=') && Base64.IsValid(text.PadRight(text.Length + 3 & ~3, '='))));

    /// <summary>Names compare without regard to case (RFC 7643 §2.1), so two spellings of one name are the same name twice.</summary>
    internal static void RefuseRepeated(ref ulong seen, int index, string path, string name)
    {
        var bit = 1UL << (index & 63);
        if (index < 64 && (seen & bit) != 0)
        {
            throw ScimException.InvalidSyntax($"{path}.{Excerpt.Of(name)} is given twice in one object.");
        }

        seen |= bit;
    }

    internal static int IndexOf(IReadOnlyList<AttributeDefinition> attributes, string name)
    {
        for (var index = 0; index < attributes.Count; index++)
        {
            if (attributes[index].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return index;
            }
        }

        return -1;
    }

    private static string Article(AttributeType type) => type switch
    {
        AttributeType.Integer => "an integer",
        AttributeType.Decimal => "a number",
        AttributeType.Complex => "an object",
        AttributeType.Boolean => "true or false",
        AttributeType.DateTime => "a date and time",
        AttributeType.Binary => "base64",
        _ => "a string",
    };

    internal static string KindOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
