using System.Collections.Immutable;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>
/// Applies patch operations to a document, in order, each on what the one before left. RFC 7644 §3.5.2. The document given is
/// never changed, so a request that fails halfway changes nothing. <paramref name="readOnly"/> holds what the resource has and
/// the document has not (<c>id</c>, <c>meta</c>, <c>groups</c>), for clients that echo it.
/// </summary>
public sealed class PatchEngine(QuirkUse quirks, AttributeValue.Complex readOnly)
{
    private readonly PatchBudget budget = new();

    /// <summary>The document after all operations. Throws 400 mutability, invalidPath, invalidFilter, noTarget or invalidValue.</summary>
    public ResourceDocument Apply(ResourceDocument document, PatchRequest request)
    {
        var before = document;
        foreach (var operation in request.Operations)
        {
            document = Apply(document, operation);
            PatchBudget.CheckSize(operation, document);
        }

        // Removed by one operation and added by the next, it would be another value all the same.
        ImmutableValues.RequireKept(document, before);

        // What a schema came to require after the resource was written must not keep anybody from being deactivated.
        var findings = ResourceReader.Missing(document).ToArray();
        findings = findings.Length == 0 ? findings : [.. findings.Except(ResourceReader.Missing(before))];
        return findings.Length == 0 ? document : throw ScimException.InvalidValue($"{string.Join("; ", findings.AsEnumerable())}.");
    }

    private ResourceDocument Apply(ResourceDocument document, PatchOperation operation)
    {
        var path = operation.Path;
        var resolved = document.Type.Resolve(path.Attribute)
            ?? throw ScimException.InvalidPath($"A {document.Type.Name} has no attribute '{Excerpt.Of(path.Attribute.ToString())}'.");
        if (path.SubAttribute is not null)
        {
            resolved = resolved with
            {
                SubAttribute = resolved.Attribute?.SubAttribute(path.SubAttribute)
                    ?? throw ScimException.InvalidPath($"'{path.Attribute}' has no sub-attribute '{Excerpt.Of(path.SubAttribute)}'."),
            };
        }

        if (resolved.Attribute == CommonAttributes.Schemas)
        {
            return operation.Echo && quirks.Allows(Quirk.EchoedSchemas) ? document : SchemasPatch.Apply(document, operation, quirks);
        }

        if (resolved.IsExtension)
        {
            return ApplyToExtension(document, operation, resolved);
        }

        if (!IsWritable(operation, resolved))
        {
            return document;
        }

        if (operation.Action == PatchAction.Remove && resolved.SubAttribute is null && path.Filter is null && resolved.Attribute!.Required)
        {
            throw ScimException.Mutability($"'{resolved}' is required and cannot be removed.");
        }

        var change = new ValueChange(resolved, operation, quirks, budget);
        var value = change.Apply(document.Value(resolved));
        return document.With(resolved, value);
    }

    /// <summary>A whole extension: its attributes are handled one by one, or it goes as a whole.</summary>
    private ResourceDocument ApplyToExtension(ResourceDocument document, PatchOperation operation, ResolvedAttribute resolved)
    {
        var extension = document.Type.Extension(resolved.Extension!)!;
        var json = operation.Value ?? default;
        if (operation.Action == PatchAction.Remove || (operation.Action == PatchAction.Replace && json.ValueKind == JsonValueKind.Null))
        {
            return extension.Required
                ? throw ScimException.Mutability($"The extension '{resolved}' is required and cannot be removed.")
                : document.With(resolved, null);
        }

        if (json.ValueKind == JsonValueKind.Null)
        {
            return document;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidValue($"{resolved}: expected an object, but got {ValueReader.KindOf(json)}.");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in json.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                throw ScimException.InvalidSyntax($"{Excerpt.Of(property.Name)} is given twice in one object.");
            }

            if (extension.Schema.Attribute(property.Name) is { } attribute)
            {
                var target = new ResolvedAttribute(resolved.Extension, attribute, null);
                var inner = operation with { Value = property.Value, Path = operation.Path with { Attribute = new AttributePath(target.Extension, attribute.Name, null) } };
                if (IsWritable(inner, target))
                {
                    document = document.With(target, new ValueChange(target, inner, quirks, budget).Apply(document.Value(target)));
                }
            }
        }

        return document;
    }

    /// <summary>Whether the operation may change its target. False where it asks for what cannot change and is there already.</summary>
    private bool IsWritable(PatchOperation operation, ResolvedAttribute resolved)
    {
        var mutability = resolved.Attribute!.Mutability is Mutability.ReadOnly or Mutability.WriteOnly ? resolved.Attribute.Mutability : resolved.Target.Mutability;
        switch (mutability)
        {
            case Mutability.ReadOnly when operation.Echo && Repeats(Present(resolved), operation.Value!.Value) && quirks.Allows(Quirk.EchoedReadOnly):
                return false;
            case Mutability.ReadOnly:
                throw ScimException.Mutability($"'{resolved}' is read-only.");
            case Mutability.WriteOnly when operation.Path.Filter is not null && !resolved.Attribute.MultiValued:
                throw ScimException.InvalidPath($"'{resolved}' has one value; brackets do not apply to it.");
            case Mutability.WriteOnly:
                // A password is checked for its type and dropped; there is none to remove.
                if (operation.Action != PatchAction.Remove)
                {
                    var reader = new ValueReader(quirks);
                    reader.Read(resolved.Target, operation.Value!.Value, resolved.ToString());
                    reader.ThrowIfFound();
                }

                return false;
            default:
                return true;
        }
    }

    private AttributeValue? Present(ResolvedAttribute resolved)
    {
        var whole = readOnly[resolved.Attribute!.Name];
        return resolved.SubAttribute is null ? whole : (whole as AttributeValue.Complex)?[resolved.SubAttribute.Name];
    }

    /// <summary>Whether <paramref name="json"/> says nothing but what <paramref name="present"/> holds.</summary>
    private static bool Repeats(AttributeValue? present, JsonElement json) => (json.ValueKind, present) switch
    {
        (JsonValueKind.Null, _) => true,
        (JsonValueKind.Array, null) => json.GetArrayLength() == 0,
        (JsonValueKind.String, AttributeValue.Text text) => json.ValueEquals(text.Value),
        (JsonValueKind.Object, AttributeValue.Complex complex) => json.EnumerateObject().All(member => Repeats(complex[member.Name], member.Value)),
        (JsonValueKind.Array, AttributeValue.Multi multi) => json.GetArrayLength() == multi.Elements.Length
            && json.EnumerateArray().Zip(multi.Elements).All(pair => Repeats(pair.Second, pair.First)),
        _ => false,
    };
}
