using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace ScimSlice.Tests.Support;

/// <summary>What came back over the wire.</summary>
public sealed record ScimAnswer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
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
}
