using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.SecurityEvents;

namespace ScimSlice.Features.Webhooks;

/// <summary>Events as tokens, by their ids; they are signed as the answer is written. RFC 8936 §2.3.</summary>
public sealed record FetchedTokens : IApiAnswer, IFetchedEvents
{
    private readonly TokenIssuer? issuer;
    private readonly string audience;
    private readonly bool isFull;
    private readonly IReadOnlyList<ChangeEvent> events;
    private readonly IReadOnlyDictionary<string, string> externalIds;

    internal FetchedTokens(TokenIssuer? issuer, string audience, bool isFull, IReadOnlyList<ChangeEvent> events, IReadOnlyDictionary<string, string> externalIds) =>
        (this.issuer, this.audience, this.isFull, this.events, this.externalIds) = (issuer, audience, isFull, events, externalIds);

    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("PollAnswer", $$"""
        {
          "type": "object",
          "required": ["sets"],
          "properties": {
            "sets": { "type": "object", "additionalProperties": { "type": "string" }, "description": "Security event tokens (RFC 8417, signed) by their ids." },
            "moreAvailable": { "type": "boolean", "description": "Whether more are there already; missing where not." }
          }
        }
        """);

    /// <summary>No tokens.</summary>
    internal static FetchedTokens Nothing { get; } = new(null, "", isFull: false, [], new Dictionary<string, string>());

    /// <summary>Whether more are there already.</summary>
    public bool HasMore { get; init; }

    public bool IsEmpty => events.Count == 0;

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("sets");
        foreach (var told in events)
        {
            writer.WriteString(told.Id, issuer!.Issue(told, externalIds.GetValueOrDefault(told.ResourceId), audience, isFull));
        }

        writer.WriteEndObject();
        if (HasMore)
        {
            writer.WriteBoolean("moreAvailable", true);
        }

        writer.WriteEndObject();
    }

    public void Dispose() => issuer?.Dispose();
}
