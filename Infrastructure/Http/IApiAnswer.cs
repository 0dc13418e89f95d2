using System.Text.Json;

namespace ScimSlice.Infrastructure.Http;

/// <summary>What the application API answers a request with.</summary>
public interface IApiAnswer
{
    void WriteTo(Utf8JsonWriter writer);
}
