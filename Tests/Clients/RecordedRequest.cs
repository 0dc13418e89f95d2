using System.Text.Json;

namespace ScimSlice.Tests.Clients;

/// <summary>A request as the client sends it, with placeholders where it repeats what the server said before.</summary>
public sealed record RecordedRequest
{
    public required string Method { get; init; }

    /// <summary>Behind the base URL, encoded as the client encodes it: <c>/Users?filter=userName+eq+%22ana%22</c>.</summary>
    public required string Path { get; init; }

    /// <summary>An Authorization header stands in the place of the organization's own.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public JsonElement? Body { get; init; }
}
