using System.Collections.Immutable;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>
/// Reads the body of a POST or PUT into a document. readOnly attributes and unknown names are passed over (RFC 7644 §3.3),
/// required ones must be there, a password is checked for its type and dropped.
/// </summary>
public sealed class ResourceReader(ResourceType type, QuirkUse quirks)
{
    private const string Scim1CoreUrn = "urn:scim:schemas:core:1.0";

    private readonly ValueReader values = new(quirks);

    /// <summary>The document in <paramref name="body"/>. Throws 400 invalidSyntax for its shape and 400 invalidValue for its values.</summary>
    public ResourceDocument Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax($"A {type.Name} is a JSON object.");
        }

        var document = new ResourceDocument(type, ReadMembers(body));
        foreach (var missing in Missing(document))
        {
            values.Report(missing);
        }

        values.ThrowIfFound();
        return document;
    }

    /// <summary>Throws 400 invalidValue where a required attribute is unassigned.</summary>
    public static void RequireAll(ResourceDocument document)
    {
        var findings = Missing(document).ToArray();
        if (findings.Length > 0)
        {
            throw ScimException.InvalidValue($"{string.Join("; ", findings.AsEnumerable())}.");
        }
    }

    /// <summary>A finding for each required attribute that <paramref name="document"/> leaves unassigned. RFC 7643 §2.2, §6.</summary>
    public static IEnumerable<Finding> Missing(ResourceDocument document)
    {
        foreach (var attribute in document.Type.Schema.Attributes)
        {
            foreach (var finding in Missing(attribute, document.Attributes[attribute.Name], attribute.Name))
            {
                yield return finding;
            }
        }

        foreach (var extension in document.Type.Extensions)
        {
            var container = document.Attributes[extension.Schema.Id] as AttributeValue.Complex;
            if (container is null && !extension.Required)
            {
                continue;
            }

            foreach (var attribute in extension.Schema.Attributes)
            {
                foreach (var finding in Missing(attribute, container?[attribute.Name], $"{extension.Schema.Id}:{attribute.Name}"))
                {
                    yield return finding;
                }
            }
        }
    }

    /// <summary>The attribute itself, or a required sub-attribute of each of its values.</summary>
    private static IEnumerable<Finding> Missing(AttributeDefinition attribute, AttributeValue? value, string path)
    {
        if (IsMissing(value))
        {
            return attribute.Required ? [new Finding(path, "is required")] : [];
        }

        var required = attribute.RequiredSubAttributes;
        return required.Count == 0 ? [] : value switch
        {
            AttributeValue.Multi multi => multi.Elements.SelectMany((element, index) => Lacking(element, $"{path}[{index}]")),
            _ => Lacking(value!, path),
        };

        IEnumerable<Finding> Lacking(AttributeValue element, string place) => required
            .Where(subAttribute => IsMissing((element as AttributeValue.Complex)?[subAttribute.Name]))
            .Select(subAttribute => new Finding($"{place}.{subAttribute.Name}", "is required"));
    }

    /// <summary>A strict organization may store empty text, which does not fulfil a requirement: userName is not empty (RFC 7643 §4.1.1).</summary>
    private static bool IsMissing(AttributeValue? value) => value is null or AttributeValue.Text { Value: "" };

    private AttributeValue.Complex ReadMembers(JsonElement body)
    {
        var members = ImmutableArray.CreateBuilder<KeyValuePair<string, AttributeValue>>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var schemas = default(JsonElement);
        foreach (var property in body.EnumerateObject())
        {
            var name = property.Name;
            if (!seen.Add(name))
            {
                throw ScimException.InvalidSyntax($"{Excerpt.Of(name)} is given twice in one object.");
            }

            if (name.Equals("schemas", StringComparison.OrdinalIgnoreCase))
            {
                schemas = property.Value;
            }
            else if (type.TopLevel(name) is { } attribute)
            {
                if (IsStored(attribute, property.Value, attribute.Name) && values.Read(attribute, property.Value, attribute.Name) is { } value)
                {
                    members.Add(new(attribute.Name, value));
                }
            }
            else if (type.Extension(name) is { } extension && ReadExtension(extension.Schema, property.Value) is { } container)
            {
                members.Add(new(extension.Schema.Id, container));
            }
        }

        CheckSchemas(schemas);
        return new AttributeValue.Complex(members.DrainToImmutable());
    }

    private AttributeValue.Complex? ReadExtension(Schema extension, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            values.Report(new Finding(extension.Id, "expected an object", ValueReader.KindOf(json)));
            return null;
        }

        var container = AttributeValue.Complex.Empty;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in json.EnumerateObject())
        {
            var name = property.Name;
            var path = $"{extension.Id}:{name}";
            if (!seen.Add(name))
            {
                throw ScimException.InvalidSyntax($"{extension.Id}:{Excerpt.Of(name)} is given twice in one object.");
            }

            if (extension.Attribute(name) is { } attribute && IsStored(attribute, property.Value, path)
                && values.Read(attribute, property.Value, path) is { } value)
            {
                container = container.With(attribute.Name, value);
            }
        }

        return container.IsEmpty ? null : container;
    }

    /// <summary>Whether a sent value becomes part of the document. A write-only one is checked for its type here, then dropped.</summary>
    private bool IsStored(AttributeDefinition attribute, JsonElement json, string path)
    {
        if (attribute.Mutability == Mutability.WriteOnly)
        {
            values.Read(attribute, json, path);
        }

        return attribute.Mutability is Mutability.ReadWrite or Mutability.Immutable;
    }

    /// <summary>RFC 7643 §3: schemas is required, holds the core schema, and may hold the type's extensions.</summary>
    private void CheckSchemas(JsonElement schemas)
    {
        if (schemas.ValueKind != JsonValueKind.Array)
        {
            throw ScimException.InvalidSyntax($"schemas must be an array that contains \"{type.Schema.Id}\".");
        }

        var core = false;
        foreach (var item in schemas.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                throw ScimException.InvalidSyntax("schemas must be an array of strings.");
            }

            var urn = item.GetString()!;
            if (urn.Equals(type.Schema.Id, StringComparison.OrdinalIgnoreCase)
                || (urn.Equals(Scim1CoreUrn, StringComparison.OrdinalIgnoreCase) && quirks.Allows(Quirk.Scim1SchemaUrn)))
            {
                core = true;
            }
            else if (type.Extension(urn) is null && !quirks.Allows(Quirk.UnknownSchemaUrn))
            {
                throw ScimException.InvalidSyntax($"schemas names a schema that a {type.Name} does not have. It has {string.Join(", ", type.SchemaUrns)}.");
            }
        }

        if (!core)
        {
            throw ScimException.InvalidSyntax($"schemas must contain \"{type.Schema.Id}\".");
        }
    }
}
