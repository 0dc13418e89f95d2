using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ScimSlice.Tests.Support;

/// <summary>What came back over the wire.</summary>
public sealed partial record ScimAnswer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Raw)
{
    /// <summary>The body without the request's id at the end of details: that alone may differ between answers that tell the same.</summary>
    public string Text { get; } = Suffix().Replace(Raw, "");

    /// <summary>The id at the end of the detail; null where there is none.</summary>
    public string? RequestId => Raw.Length > 0 && JsonNode.Parse(Raw)?["detail"]?.GetValue<string>() is { } detail && Suffix().Match(detail) is { Success: true } match && detail.EndsWith(match.Value, StringComparison.Ordinal)
        ? match.Groups["id"].Value
        : null;

    /// <summary>The body as JSON; an empty object where there is none.</summary>
    public JsonNode Body => Text.Length == 0 ? new JsonObject() : JsonNode.Parse(Text)!;

    public string Id => Body["id"]!.GetValue<string>();

    public string? ScimType => Body["scimType"]?.GetValue<string>();

    public string Detail => Body["detail"]?.GetValue<string>() ?? "";

    public int TotalResults => Body["totalResults"]!.GetValue<int>();

    public JsonArray Resources => Body["Resources"]!.AsArray();

    /// <summary>The userNames of a list, in its order.</summary>
    public string[] UserNames => [.. Resources.Select(resource => resource!["userName"]!.GetValue<string>())];

    /// <summary>What a user has beyond what every user has: without schemas, id, meta, userName, active and role.</summary>
    public JsonObject Rest
    {
        get
        {
            var rest = Body.AsObject();
            foreach (var name in (string[])["schemas", "id", "meta", "userName", "active", "role"])
            {
                rest.Remove(name);
            }

            return rest;
        }
    }

    public string? Tag => Headers.ETag?.ToString();

    [GeneratedRegex(@" \(request (?<id>[0-9a-f]{32})\)")]
    private static partial Regex Suffix();
}
