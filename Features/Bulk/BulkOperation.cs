using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Bulk;

/// <summary>One operation of a Bulk request, as far as it can be read; what is wrong with it is its own failure. RFC 7644 §3.7.</summary>
/// <param name="Endpoint">The endpoint that the path names: <c>/Users</c>.</param>
/// <param name="Id">What stands behind it, null for none: an id, or <c>bulkId:NAME</c>.</param>
/// <param name="References">The names behind <c>bulkId:</c> in path and data.</param>
/// <param name="Fault">Why it cannot be read; null where it can.</param>
internal sealed record BulkOperation(
    string? Method, string Endpoint, string? Id, string? BulkId, string? Version, JsonElement Data, IReadOnlySet<string> References, ScimException? Fault)
{
    /// <summary>Whether the operation makes a resource, to which others can refer before it does.</summary>
    public bool Creates => Method == "POST";

    /// <summary>Reads one of <c>Operations</c>. Throws 400 invalidSyntax where it is no object at all.</summary>
    public static BulkOperation Read(JsonElement json, PublicUrls urls)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax("Each of Operations must be an object.");
        }

        var data = MessageSchemas.Member(json, "data") ?? default;
        var (method, path, bulkId, version) = (Text(json, "method"), Text(json, "path"), Text(json, "bulkId"), Text(json, "version"));
        var (endpoint, id) = Split(path.Value ?? "", urls);
        var unstorable = id?.Contains('\0', StringComparison.Ordinal) == true ? ScimException.InvalidSyntax("path holds the character U+0000.") : null;
        var references = new HashSet<string>(StringComparer.Ordinal);
        BulkReferences.Collect(id, references);
        BulkReferences.Collect(data, references);
        return new BulkOperation(
            method.Value?.ToUpperInvariant(), endpoint, id, bulkId.Value, version.Value, data, references, method.Fault ?? path.Fault ?? bulkId.Fault ?? version.Fault ?? unstorable);
    }

    /// <summary>The operation with every name that is known replaced by the id that it stands for.</summary>
    public BulkOperation With(IReadOnlyDictionary<string, string> ids) => References.Count == 0
        ? this
        : this with { Id = BulkReferences.Replace(Id, ids), Data = BulkReferences.Replace(Data, ids) };

    /// <summary>A path below the base URL, or the whole URL that a client was given.</summary>
    private static (string Endpoint, string? Id) Split(string path, PublicUrls urls)
    {
        var below = urls.BaseUrl.Length > 0 && path.StartsWith($"{urls.BaseUrl}/", StringComparison.Ordinal) ? path[(urls.BaseUrl.Length + 1)..] : path;
        var parts = below.Trim('/').Split('/', 2);
        return ($"/{parts[0]}", parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null);
    }

    private static (string? Value, ScimException? Fault) Text(JsonElement json, string name) => MessageSchemas.Member(json, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => (null, null),
        { ValueKind: JsonValueKind.String } value => (value.GetString(), null),
        _ => (null, ScimException.InvalidSyntax($"{name} must be a string.")),
    };
}
