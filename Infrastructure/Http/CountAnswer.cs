using System.Text.Json;

namespace ScimSlice.Infrastructure.Http;

/// <summary>An answer that says of how many something is so.</summary>
public sealed record CountAnswer(string What, long Count) : IApiAnswer
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber(What, Count);
        writer.WriteEndObject();
    }
}
