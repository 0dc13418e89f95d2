using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;

namespace ScimSlice.Features.Events;

/// <summary>Events after a position.</summary>
/// <param name="After">The position that was asked for.</param>
/// <param name="HasMore">Whether more are there already.</param>
public sealed record EventPage(long After, IReadOnlyList<ChangeEvent> Events, bool HasMore) : IApiAnswer, IEventBatch
{
    /// <summary>Characters of values after which a page ends.</summary>
    private const int MaxLength = 1024 * 1024;

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
