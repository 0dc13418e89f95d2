using System.Text.Json;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>What a list is asked for, by GET or by POST .search. RFC 7644 §3.4.2, §3.4.3.</summary>
/// <param name="Cursor">The cursor, empty for the first page; null where the client pages by index.</param>
public sealed record SearchRequest(
    string? Filter,
    string? SortBy,
    string? SortOrder,
    Page Page,
    string? Cursor,
    IReadOnlyList<string>? Attributes,
    IReadOnlyList<string>? ExcludedAttributes)
{
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    /// <summary>The parameters of the query string.</summary>
    public static SearchRequest FromQuery(ScimRequest request)
    {
        var cursor = request.Parameter("cursor");
        return new SearchRequest(
            request.Parameter("filter"),
            request.Parameter("sortBy"),
            request.Parameter("sortOrder"),
            Paged(cursor, () => request.IntegerParameter("startIndex"), () => request.IntegerParameter("count"), request.Limits),
            cursor,
            request.ListParameter("attributes"),
            request.ListParameter("excludedAttributes"));
    }

    /// <summary>The members of a SearchRequest message. The query string of such a request says nothing.</summary>
    public static SearchRequest FromBody(ScimRequest request)
    {
        var body = request.Body;
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax("A search request is a JSON object.");
        }

        MessageSchemas.Require(body, Urn);
        var cursor = Text(body, "cursor");
        return new SearchRequest(
            Text(body, "filter"),
            Text(body, "sortBy"),
            Text(body, "sortOrder"),
            Paged(cursor, () => Integer(body, "startIndex"), () => Integer(body, "count"), request.Limits),
            cursor,
            Texts(body, "attributes"),
            Texts(body, "excludedAttributes"));
    }

    /// <summary>What the client has to repeat with each cursor that it got; null where it pages by index.</summary>
    public CursorRequest? Continued(string endpoint) => Cursor is null ? null : CursorRequest.Of(
        Cursor, endpoint, Filter, SortBy, SortOrder, Joined(Attributes), Joined(ExcludedAttributes));

    private static string? Joined(IReadOnlyList<string>? names) => names is null ? null : string.Join(',', names);

    /// <summary>The two ways of paging exclude each other, and a count that is no number has a keyword of its own beside a cursor. RFC 9865 §2.1.</summary>
    private static Page Paged(string? cursor, Func<int?> startIndex, Func<int?> count, ScimLimits limits)
    {
        if (cursor is null)
        {
            return Page.Of(startIndex(), count(), limits);
        }

        if (startIndex() is not null)
        {
            throw ScimException.InvalidValue("cursor and startIndex cannot be used together.");
        }

        try
        {
            return Page.Of(null, count(), limits);
        }
        catch (ScimException fault) when (fault.ScimType == "invalidValue")
        {
            throw ScimException.InvalidCount($"count: must be a whole number, 0 to {limits.MaxPageSize}.");
        }
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
