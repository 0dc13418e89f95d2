using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>A request as the protocol sees it, whether it came over HTTP or, later, out of a Bulk request.</summary>
public sealed record ScimRequest
{
    /// <summary>The schemas as the request's organization has them.</summary>
    public required SchemaRegistry Schemas { get; init; }

    public required QuirkUse Quirks { get; init; }

    public ScimLimits Limits { get; init; } = ScimLimits.Default;

    /// <summary>The URLs that are handed out, to know them again where a client repeats one.</summary>
    public PublicUrls Urls { get; init; } = new("");

    /// <summary>The last segment of the path: a resource's id, a schema's URN, a resource type's name.</summary>
    public string Id { get; init; } = "";

    /// <summary>Query parameters by name, in any case. Those that mean nothing here are passed over (RFC 7644 §3.4.2).</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Query { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The JSON body; undefined where the method has none.</summary>
    public JsonElement Body { get; init; }

    /// <summary>Whether only the headers of the answer are asked for. RFC 9110 §9.3.2.</summary>
    public bool HeadersOnly { get; init; }

    /// <summary>The header If-Match, null where absent.</summary>
    public string? IfMatch { get; init; }

    /// <summary>The header If-None-Match, null where absent.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>The header Prefer, null where absent.</summary>
    public string? Prefer { get; init; }

    /// <summary>Whether the client asks for the resource where an answer may be without. RFC 7240 §4.2.</summary>
    public bool WantsRepresentation => "representation".Equals(PreferHeader.Value(Prefer, "return"), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the client wants to be answered before the work is done. RFC 7240 §4.1.</summary>
    public bool WantsLater => PreferHeader.Has(Prefer, "respond-async");

    /// <summary>Seconds that the client would wait for the answer; 0 where it does not say. RFC 7240 §4.3.</summary>
    public int Wait => int.TryParse(PreferHeader.Value(Prefer, "wait"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;

    /// <summary>Whether the client says which attributes it wants to see, and so that it wants to see them.</summary>
    public bool SelectsAttributes => Query.ContainsKey("attributes") || Query.ContainsKey("excludedAttributes");

    /// <summary>A parameter that may stand once. Throws 400 invalidValue where it is repeated.</summary>
    public string? Parameter(string name) => Query.TryGetValue(name, out var values)
        ? values.Count == 1 ? Stored(name, values[0]) : throw ScimException.InvalidValue($"The parameter {name} is given {values.Count} times.")
        : null;

    /// <summary>An integer parameter, clamped to what an int holds. Throws 400 invalidValue for anything else.</summary>
    public int? IntegerParameter(string name) => Parameter(name) is { } text ? ParseInteger(name, text) : null;

    /// <summary>A comma-separated list, repetitions joined; null where the parameter is absent.</summary>
    public IReadOnlyList<string>? ListParameter(string name) => Query.TryGetValue(name, out var values)
        ? [.. values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
        : null;

    /// <summary>No stored text holds U+0000, and one engine refuses to look for it. A cursor has a refusal of its own.</summary>
    private static string Stored(string name, string value) => value.Contains('\0', StringComparison.Ordinal) && !name.Equals("cursor", StringComparison.OrdinalIgnoreCase)
        ? throw (name.Equals("filter", StringComparison.OrdinalIgnoreCase) ? ScimException.InvalidFilter("The filter holds the character U+0000.") : ScimException.InvalidValue($"The parameter {name} holds the character U+0000."))
        : value;

    private static int ParseInteger(string name, string text) =>
        System.Numerics.BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && text.Length <= 40
            ? (int)System.Numerics.BigInteger.Min(int.MaxValue, System.Numerics.BigInteger.Max(int.MinValue, value))
            : throw ScimException.InvalidValue($"The parameter {name} must be an integer.");
}
