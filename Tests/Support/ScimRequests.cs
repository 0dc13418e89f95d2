using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Tests.Support;

/// <summary>Requests as the protocol sees them, for tests of a slice without HTTP.</summary>
internal static class ScimRequests
{
    /// <summary>A request with this body, this last path segment and this query string (<c>?attributes=userName</c>).</summary>
    public static ScimRequest Of(string? body = null, string id = "", string query = "", string? ifMatch = null, string? ifNoneMatch = null, bool strict = false) => new()
    {
        Schemas = SchemaRegistry.BuiltIn,
        Quirks = new QuirkUse(strict),
        Id = id,
        Query = QueryHelpers.ParseQuery(query).ToDictionary(
            pair => pair.Key, IReadOnlyList<string> (pair) => [.. pair.Value.Select(value => value ?? "")], StringComparer.OrdinalIgnoreCase),
        Body = body is null ? default : StrictJson.Parse(Encoding.UTF8.GetBytes(body)),
        IfMatch = ifMatch,
        IfNoneMatch = ifNoneMatch,
    };
}
