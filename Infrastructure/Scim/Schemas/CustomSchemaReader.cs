using System.Text.Json;
using System.Text.RegularExpressions;
using ScimSlice.Infrastructure.Scim.Paths;

namespace ScimSlice.Infrastructure.Scim.Schemas;

/// <summary>
/// Reads a schema file that an operator wrote, in the form in which schemas are served (RFC 7643 §7), and says everything that is
/// wrong with it. A file that passes can be served, stored, filtered and patched like the built-in ones.
/// </summary>
public sealed partial class CustomSchemaReader
{
    private static readonly string[] RootMembers = ["schemas", "id", "extends", "name", "description", "required", "attributes", "meta"];

    private static readonly string[] AttributeMembers =
    [
        "name", "type", "multiValued", "description", "required", "canonicalValues", "closed", "caseExact", "mutability", "returned", "uniqueness",
        "referenceTypes", "subAttributes",
    ];

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private const string Messages = "urn:ietf:params:scim:api:messages:";
    private const string Cores = "urn:ietf:params:scim:schemas:core:";

    private readonly List<string> faults = [];
    private int attributes;

    private CustomSchemaReader()
    {
    }

    /// <summary>The schema in <paramref name="json"/>, or null with all faults, a line each.</summary>
    public static (CustomSchema? Schema, IReadOnlyList<string> Faults) Read(ReadOnlyMemory<byte> json)
    {
        var reader = new CustomSchemaReader();
        if (json.Span.StartsWith(ByteOrderMark))
        {
            json = json[3..];
        }

        if (!System.Text.Unicode.Utf8.IsValid(json.Span))
        {
            return (null, ["it is not UTF-8."]);
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            reader.CheckRoot(document.RootElement);
            return reader.faults.Count > 0 ? (null, reader.faults) : (Build(json.Span, document.RootElement), []);
        }
        catch (JsonException fault)
        {
            return (null, [$"it is not valid JSON: {fault.Message}"]);
        }
        catch (InvalidOperationException)
        {
            return (null, ["a string in it holds half of a surrogate pair."]);
        }
    }

    private static CustomSchema Build(ReadOnlySpan<byte> json, JsonElement root)
    {
        var (extends, schema) = SchemaReader.Read(json);
        return new CustomSchema(extends, schema, root.TryGetProperty("required", out var required) && required.GetBoolean());
    }

    private void CheckRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add("it must be a JSON object.");
            return;
        }

        CheckMembers(root, RootMembers, "the schema");
        var extends = root.TryGetProperty("extends", out _);
        if (extends == root.TryGetProperty("id", out _))
        {
            faults.Add("it must have either an id, for an extension of its own, or extends, with the URN of the schema that it adds attributes to.");
            return;
        }

        CheckUrn(root, extends ? "extends" : "id");
        CheckText(root, "name", "the schema", isRequired: !extends);
        CheckText(root, "description", "the schema", isRequired: false);
        CheckFlag(root, "required", "the schema");
        if (extends && root.TryGetProperty("required", out _))
        {
            faults.Add("required is for extensions; attributes that are added to a schema say it each for itself.");
        }

        CheckAttributes(root, "attributes", parent: null, hasNoContainer: extends);
    }

    private void CheckUrn(JsonElement root, string member)
    {
        var json = root.GetProperty(member);
        if (json.ValueKind != JsonValueKind.String || json.GetString() is not { Length: <= CustomSchema.MaxNameLength } urn || !Urn().IsMatch(urn))
        {
            faults.Add($"{member} must be a URN such as urn:example:params:scim:schemas:extension:acme:2.0:User.");
        }
        else if (member == "id" && (urn.StartsWith(Messages, StringComparison.OrdinalIgnoreCase) || urn.StartsWith(Cores, StringComparison.OrdinalIgnoreCase)))
        {
            faults.Add("id must be a URN of your own; those of the RFCs' messages and core schemas are taken.");
        }
    }

    private void CheckAttributes(JsonElement owner, string member, string? parent, bool hasNoContainer)
    {
        var what = parent ?? "the schema";
        if (!owner.TryGetProperty(member, out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            faults.Add($"{what}: {member} must be an array of at least one attribute.");
            return;
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (parent is not null && list.GetArrayLength() > CustomSchema.MaxSubAttributes)
        {
            faults.Add($"{parent}: has more than {CustomSchema.MaxSubAttributes} sub-attributes.");
        }

        foreach (var json in list.EnumerateArray())
        {
            if (++attributes > CustomSchema.MaxAttributes)
            {
                faults.Add($"it has more than {CustomSchema.MaxAttributes} attributes.");
                return;
            }

            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("name", out var named) || named.ValueKind != JsonValueKind.String)
            {
                faults.Add($"{what}: each of its {member} must be an object with a name.");
                continue;
            }

            var name = named.GetString()!;
            if (!AttributePathParser.IsName(name) || name.Length > CustomSchema.MaxNameLength)
            {
                faults.Add($"{what}: '{name}' is no name of an attribute: a letter, then letters, digits, - and _.");
            }
            else if (!seen.Add(name))
            {
                faults.Add($"{what}: '{name}' is named twice.");
            }
            else if (hasNoContainer && CommonAttributes.All.Any(common => common.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                faults.Add($"{what}: every resource has an attribute '{name}' already.");
            }

            CheckAttribute(json, parent is null ? name : $"{parent}.{name}", isSub: parent is not null);
        }
    }

    private void CheckAttribute(JsonElement json, string name, bool isSub)
    {
        CheckMembers(json, AttributeMembers, name);
        CheckText(json, "description", name, isRequired: false);
        foreach (var flag in (ReadOnlySpan<string>)["multiValued", "required", "closed", "caseExact"])
        {
            CheckFlag(json, flag, name);
        }

        CheckTexts(json, "canonicalValues", name);
        CheckTexts(json, "referenceTypes", name);
        var type = CheckWord(json, "type", AttributeType.String, name);
        var mutability = CheckWord(json, "mutability", Mutability.ReadWrite, name);
        var returned = CheckWord(json, "returned", Returned.Default, name);
        CheckWord(json, "uniqueness", Uniqueness.None, name);
        if (mutability == Mutability.WriteOnly && returned != Returned.Never)
        {
            faults.Add($"{name}: what is writeOnly has to be returned never (RFC 7643 §7).");
        }

        if (returned == Returned.Never && mutability != Mutability.WriteOnly)
        {
            faults.Add($"{name}: what is returned never has to be writeOnly: it is checked and dropped, and so cannot come to light.");
        }

        if (mutability == Mutability.ReadOnly && IsSet(json, "required"))
        {
            faults.Add($"{name}: what is readOnly cannot be required: nobody could send it.");
        }

        if (IsSet(json, "closed") && !(json.TryGetProperty("canonicalValues", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0))
        {
            faults.Add($"{name}: what is closed needs its canonicalValues.");
        }

        if (type == AttributeType.Complex && json.TryGetProperty("uniqueness", out var uniqueness) && uniqueness.ValueKind == JsonValueKind.String && uniqueness.GetString() != "none")
        {
            faults.Add($"{name}: what is complex has no uniqueness of its own; its sub-attributes may (RFC 7643, EID 6004).");
        }

        if (type == AttributeType.Complex)
        {
            CheckComplex(json, name, isSub);
        }
        else if (json.TryGetProperty("subAttributes", out _))
        {
            faults.Add($"{name}: only a complex attribute has subAttributes.");
        }

        if (isSub && IsSet(json, "multiValued"))
        {
            faults.Add($"{name}: a sub-attribute with several values is not supported.");
        }
    }

    private void CheckComplex(JsonElement json, string name, bool isSub)
    {
        if (isSub)
        {
            faults.Add($"{name}: a sub-attribute cannot be complex (RFC 7643 §2.3.8).");
            return;
        }

        CheckAttributes(json, "subAttributes", name, hasNoContainer: false);
        if (json.TryGetProperty("subAttributes", out var subAttributes) && subAttributes.ValueKind == JsonValueKind.Array)
        {
            foreach (var sub in subAttributes.EnumerateArray())
            {
                if (sub.ValueKind == JsonValueKind.Object && Text(sub, "name") is { } subName && subName.Equals("primary", StringComparison.OrdinalIgnoreCase)
                    && Text(sub, "type") != "boolean")
                {
                    faults.Add($"{name}.{subName}: must be boolean (RFC 7643 §2.4).");
                }
            }
        }
    }

    private void CheckMembers(JsonElement json, string[] known, string what)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                faults.Add($"{what}: '{member.Name}' has no meaning here; there are {string.Join(", ", known)}.");
            }
        }
    }

    private void CheckText(JsonElement json, string member, string what, bool isRequired)
    {
        if (json.TryGetProperty(member, out var value) ? value.ValueKind != JsonValueKind.String : isRequired)
        {
            faults.Add($"{what}: {member} must be a string.");
        }
    }

    private void CheckTexts(JsonElement json, string member, string what)
    {
        if (json.TryGetProperty(member, out var value)
            && (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)))
        {
            faults.Add($"{what}: {member} must be an array of strings.");
        }
    }

    private void CheckFlag(JsonElement json, string member, string what)
    {
        if (json.TryGetProperty(member, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            faults.Add($"{what}: {member} must be true or false.");
        }
    }

    private T CheckWord<T>(JsonElement json, string member, T missing, string what) where T : struct, Enum
    {
        if (!json.TryGetProperty(member, out var value))
        {
            return missing;
        }

        try
        {
            return SchemaWords.Parse<T>(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }
        catch (FormatException fault)
        {
            faults.Add($"{what}: {member} {fault.Message}");
            return missing;
        }
    }

    private static bool IsSet(JsonElement json, string flag) => json.TryGetProperty(flag, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>RFC 8141 §2, without the parts that no schema's URN has; nothing in it means anything in SQL or JSON.</summary>
    [GeneratedRegex(@"^(?i:urn):[A-Za-z0-9][A-Za-z0-9-]{0,31}:[A-Za-z0-9()+,.:=@;_!*-]+\z")]
    private static partial Regex Urn();
}
