using System.Text.Json;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Infrastructure.Http;

/// <summary>An answer that says of how many something is so.</summary>
public sealed record CountAnswer(string What, long Count) : IApiAnswer
{
    /// <param name="name">What the schema is called.</param>
    /// <param name="what">The member that says it.</param>
    /// <param name="description">Of how many what is so.</param>
    public static ApiSchema Schema(string name, string what, string description) => ApiSchema.Of(name, $$"""
        { "type": "object", "required": [{{what}}], "properties": { {{what}}: { "type": "integer", "format": "int64", "minimum": 0, "description": {{description}} } } }
        """);

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber(What, Count);
        writer.WriteEndObject();
    }
}
