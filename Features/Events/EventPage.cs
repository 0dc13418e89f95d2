using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;

namespace ScimSlice.Features.Events;

/// <summary>Events after a position.</summary>
/// <param name="After">The position that was asked for.</param>
/// <param name="HasMore">Whether more are there already.</param>
public sealed record EventPage(long After, IReadOnlyList<ChangeEvent> Events, bool HasMore) : IApiAnswer, IEventBatch
{
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
