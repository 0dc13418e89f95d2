using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>What a list is asked for, by GET or by POST .search. RFC 7644 §3.4.2, §3.4.3.</summary>
public sealed record SearchRequest(
    string? Filter,
    Page Page,
    IReadOnlyList<string>? Attributes,
    IReadOnlyList<string>? ExcludedAttributes)
{
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    /// <summary>The parameters of the query string.</summary>
    public static SearchRequest FromQuery(ScimRequest request) => new(
        request.Parameter("filter"),
        Page.Of(request.IntegerParameter("startIndex"), request.IntegerParameter("count")),
        request.ListParameter("attributes"),
        request.ListParameter("excludedAttributes"));

    /// <summary>The members of a SearchRequest message. The query string of such a request says nothing.</summary>
    public static SearchRequest FromBody(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax("A search request is a JSON object.");
        }

        MessageSchemas.Require(body, Urn);
        return new SearchRequest(
            Text(body, "filter"),
            Page.Of(Integer(body, "startIndex"), Integer(body, "count")),
            Texts(body, "attributes"),
            Texts(body, "excludedAttributes"));
    }

    private static string? Text(JsonElement body, string name) => MessageSchemas.Member(body, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw ScimException.InvalidSyntax($"{name} must be a string."),
    };

    private static int? Integer(JsonElement body, string name) => MessageSchemas.Member(body, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => (int)Math.Clamp(number, int.MinValue, int.MaxValue),
        _ => throw ScimException.InvalidValue($"{name} must be an integer."),
    };

    private static IReadOnlyList<string>? Texts(JsonElement body, string name) => MessageSchemas.Member(body, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw ScimException.InvalidSyntax($"{name} must be an array of strings."),
    };
}
