using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Features.Events;

/// <summary>Events after a position.</summary>
/// <param name="After">The position that was asked for.</param>
/// <param name="HasMore">Whether more are there already.</param>
public sealed record EventPage(long After, IReadOnlyList<ChangeEvent> Events, bool HasMore) : IApiAnswer, IEventBatch
{
    /// <summary>Characters of values after which a page ends.</summary>
    private const int MaxLength = 1024 * 1024;

    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("EventPage", $$"""
        {
          "type": "object",
          "required": ["events", "next", "hasMore"],
          "properties": {
            "events": { "type": "array", "items": {{ChangeEvent.Schema}}, "description": "In the order of their positions. A page ends after a million characters of values, too." },
            "next": { "type": "integer", "format": "int64", "minimum": 0, "description": "The position to go on after: that of the last event, or the one that was asked for." },
            "hasMore": { "type": "boolean", "description": "Whether more are there already." }
          }
        }
        """);

    /// <summary>Reads so many events of those that come, until their values are long enough.</summary>
    /// <param name="found">The events, one more than wanted where there are more.</param>
    internal static async Task<EventPage> ReadAsync(IAsyncEnumerable<ChangeEvent> found, long after, int limit, CancellationToken cancellationToken)
    {
        var (events, length) = (new List<ChangeEvent>(), 0);
        await foreach (var told in found.WithCancellation(cancellationToken))
        {
            if (events.Count == limit || length > MaxLength)
            {
                return new EventPage(after, events, HasMore: true);
            }

            length += (told.BeforeValues?.Length ?? 0) + (told.AfterValues?.Length ?? 0);
            events.Add(told);
        }

        return new EventPage(after, events, HasMore: false);
    }

    public long Next => Events.Count == 0 ? After : Events[^1].Position;

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("events");
        foreach (var found in Events)
        {
            found.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteNumber("next", Next);
        writer.WriteBoolean("hasMore", HasMore);
        writer.WriteEndObject();
    }
}
