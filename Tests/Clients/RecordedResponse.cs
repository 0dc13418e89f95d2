using System.Text.Json;

namespace ScimSlice.Tests.Clients;

/// <summary>The whole answer: status, body to the last member, and those headers that matter to the client.</summary>
public sealed record RecordedResponse
{
    public required int Status { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Null where the answer has no body.</summary>
    public JsonElement? Body { get; init; }
}
