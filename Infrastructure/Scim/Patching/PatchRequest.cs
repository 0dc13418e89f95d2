using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Patching;

/// <summary>A PatchOp message, read and checked against the grammar of paths. RFC 7644 §3.5.2.</summary>
public sealed record PatchRequest(IReadOnlyList<PatchOperation> Operations)
{
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    /// <summary>The operations in <paramref name="body"/>, in order. Throws 400 invalidSyntax, invalidPath, invalidFilter, noTarget or invalidValue.</summary>
    public static PatchRequest Read(JsonElement body, ResourceType type, QuirkUse quirks, ScimLimits? limits = null)
    {
        limits ??= ScimLimits.Default;
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax("A PATCH request is a JSON object.");
        }

        MessageSchemas.Require(body, Urn);
        var list = Member(body, "Operations");
        if (list is not { ValueKind: JsonValueKind.Array } operations)
        {
            throw ScimException.InvalidSyntax("Operations must be an array.");
        }

        if (operations.GetArrayLength() == 0 && !quirks.Allows(Quirk.EmptyOperations))
        {
            throw ScimException.InvalidSyntax("Operations must not be empty.");
        }

        var read = new List<PatchOperation>();
        foreach (var operation in operations.EnumerateArray())
        {
            ReadOperation(read, operation, type, quirks, limits);
            if (read.Count > limits.MaxPatchOperations)
            {
                throw ScimException.PayloadTooLarge($"A PATCH request may hold {limits.MaxPatchOperations} operations. Send the rest in another request.");
            }
        }

        return new PatchRequest(read);
    }

    private static void ReadOperation(List<PatchOperation> read, JsonElement json, ResourceType type, QuirkUse quirks, ScimLimits limits)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax("Each of Operations must be an object.");
        }

        var action = ReadAction(Member(json, "op"));
        var value = Member(json, "value");
        var path = Member(json, "path");
        if (path is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) })
        {
            throw ScimException.InvalidPath("path must be a string.");
        }

        if (value is null && action != PatchAction.Remove)
        {
            throw ScimException.InvalidValue($"The operation {Word(action)} needs a value.");
        }

        if (path is { ValueKind: JsonValueKind.String } text)
        {
            read.Add(new PatchOperation(action, PatchPathParser.Parse(text.GetString()!, type, quirks, limits), value));
        }
        else if (action == PatchAction.Remove)
        {
            throw ScimException.NoTarget("The operation remove needs a path.");
        }
        else
        {
            SpellOut(read, action, value!.Value, type, quirks, limits);
        }
    }

    /// <summary>RFC 7644 §3.5.2.1: without a path, the value holds attributes of the resource, each of them handled like one with its path.</summary>
    private static void SpellOut(List<PatchOperation> read, PatchAction action, JsonElement value, ResourceType type, QuirkUse quirks, ScimLimits limits)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidValue($"Without a path, the value of {Word(action)} must be an object of attributes.");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in value.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                throw ScimException.InvalidSyntax($"{Excerpt.Of(property.Name)} is given twice in one object.");
            }

            if (AttributePathParser.IsName(property.Name))
            {
                // As in the body of a POST, a name that the schemas do not have is passed over.
                var name = new AttributePath(property.Name);
                if (type.Resolve(name) is not null)
                {
                    read.Add(new PatchOperation(action, new PatchPath(name), property.Value, Echo: true));
                }
            }
            else if (property.Name.Equals(type.Schema.Id, StringComparison.OrdinalIgnoreCase))
            {
                // The core schema's URN says the same as no URN (RFC 7644 §3.10).
                SpellOut(read, action, property.Value, type, quirks, limits);
            }
            else if (PatchQuirks.PathOfKey(property.Name, type, quirks, limits) is { } path)
            {
                read.Add(new PatchOperation(action, path, property.Value, Echo: true));
            }
        }
    }

    private static PatchAction ReadAction(JsonElement? op)
    {
        if (op is { ValueKind: JsonValueKind.String } word)
        {
            foreach (var action in Enum.GetValues<PatchAction>())
            {
                if (Word(action).Equals(word.GetString(), StringComparison.OrdinalIgnoreCase))
                {
                    return action;
                }
            }
        }

        throw ScimException.InvalidSyntax("op must be one of add, replace, remove.");
    }

    private static string Word(PatchAction action) => action switch
    {
        PatchAction.Add => "add",
        PatchAction.Replace => "replace",
        _ => "remove",
    };

    /// <summary>The member of that name in any case; null where it is missing. Two spellings of one name are refused.</summary>
    private static JsonElement? Member(JsonElement json, string name) => MessageSchemas.Member(json, name);
}
