using System.Text.Json;
using ScimSlice.Infrastructure.Http;

namespace ScimSlice.Features.Audit;

/// <summary>Requests after a place in the log.</summary>
/// <param name="Next">Where one goes on: behind the last request before which none can come any more.</param>
/// <param name="HasMore">Whether more are behind it already.</param>
public sealed record LogPage(IReadOnlyList<LoggedRequest> Requests, string Next, bool HasMore) : IApiAnswer
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("requests");
        foreach (var logged in Requests)
        {
            logged.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteString("next", Next);
        writer.WriteBoolean("hasMore", HasMore);
        writer.WriteEndObject();
    }
}
