using System.Text.Json;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Webhooks;

/// <summary>What a receiver asks for and says when it fetches events. RFC 8936 §2.2.</summary>
/// <param name="MaxEvents">Tokens at most; 0 where it only says something.</param>
/// <param name="ReturnImmediately">Whether it is answered at once although there is nothing.</param>
/// <param name="Acknowledged">The ids (<c>jti</c>) of tokens that it has. Ids that were never given out mean nothing.</param>
/// <param name="Refused">The ids of tokens that it cannot take, and the code of the reason, or <c>other</c>.</param>
public sealed record AskedTokens(int MaxEvents, bool ReturnImmediately, IReadOnlyList<string> Acknowledged, IReadOnlyList<KeyValuePair<string, string>> Refused)
{
    /// <summary>Tokens that one request may say something of.</summary>
    public const int MaxNamed = 1000;

    private static readonly string[] Codes = ["invalid_request", "invalid_key", "invalid_issuer", "invalid_audience", "authentication_failed", "access_denied"];

    /// <summary>What <see cref="Read"/> takes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("PollRequest", $$"""
        {
          "type": "object",
          "description": "RFC 8936 §2.2; ack and setErrs name {{MaxNamed}} tokens together at most.",
          "properties": {
            "maxEvents": { "type": ["integer", "null"], "minimum": 0, "description": "Tokens at most; 0 only to say something of those before." },
            "returnImmediately": { "type": ["boolean", "null"], "default": false, "description": "Whether it is answered at once although there is nothing." },
            "ack": { "type": ["array", "null"], "maxItems": {{MaxNamed}}, "items": { "type": "string" }, "description": "The ids (jti) of tokens that were dealt with." },
            "setErrs": {
              "type": ["object", "null"],
              "maxProperties": {{MaxNamed}},
              "description": "The ids of tokens that cannot be taken, and why.",
              "additionalProperties": { "type": "object", "properties": { "err": { "type": "string", "examples": {{Codes}} }, "description": { "type": "string" } }, "additionalProperties": true }
            }
          }
        }
        """);

    /// <summary>Reads the body. Throws 400 for one that is none; members that are not known are passed over.</summary>
    public static AskedTokens Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax("Send an object, {} where there is nothing to say.");
        }

        var acknowledged = Member(body, "ack", JsonValueKind.Array) is { } ids ? ids.EnumerateArray().Select(Id).ToArray() : [];
        var refused = Member(body, "setErrs", JsonValueKind.Object) is { } errors
            ? errors.EnumerateObject().Select(error => KeyValuePair.Create(error.Name, Code(error.Value))).ToArray()
            : [];
        return acknowledged.Length + refused.Length > MaxNamed
            ? throw ScimException.InvalidValue($"ack, setErrs: name {MaxNamed} tokens together at most.")
            : new AskedTokens(Count(body), IsTrue(body, "returnImmediately"), acknowledged, refused);
    }

    private static int Count(JsonElement body) => body.TryGetProperty("maxEvents", out var value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0 ? count : throw ScimException.InvalidValue("maxEvents: must be a whole number, 0 or more.")
        : int.MaxValue;

    private static bool IsTrue(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw ScimException.InvalidValue($"{name}: must be true or false."),
    };

    private static JsonElement? Member(JsonElement body, string name, JsonValueKind kind) => body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == kind ? value : throw ScimException.InvalidValue($"{name}: must be an {(kind == JsonValueKind.Array ? "array of ids" : "object with a member for each id")}.")
        : null;

    private static string Id(JsonElement id) => id.ValueKind == JsonValueKind.String ? id.GetString()! : throw ScimException.InvalidValue("ack: must be an array of ids.");

    /// <summary>Of what a receiver says, the codes that we know are kept.</summary>
    private static string Code(JsonElement error) => error.ValueKind == JsonValueKind.Object && error.TryGetProperty("err", out var code) && code.ValueKind == JsonValueKind.String
        ? Codes.FirstOrDefault(known => code.ValueEquals(known)) ?? "other"
        : "other";
}
