using System.Text.Json;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Features.Audit;

/// <summary>Requests after a place in the log.</summary>
/// <param name="Next">Where one goes on: behind the last request before which none can come any more.</param>
/// <param name="HasMore">Whether more are behind it already.</param>
public sealed record LogPage(IReadOnlyList<LoggedRequest> Requests, string Next, bool HasMore) : IApiAnswer
{
    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    public static ApiSchema Schema { get; } = ApiSchema.Of("LogPage", $$"""
        {
          "type": "object",
          "required": ["requests", "next", "hasMore"],
          "properties": {
            "requests": { "type": "array", "items": {{LoggedRequest.Schema}} },
            "next": { "type": "string", "description": "Where to go on; requests of the last seconds come again." },
            "hasMore": { "type": "boolean", "description": "Whether more are behind it already." }
          }
        }
        """);

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
