using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Features.Events;

/// <summary>The event that was acknowledged.</summary>
public sealed record EventAnswer(ChangeEvent Told, double? Latency) : IApiAnswer, IAcknowledgement
{
    public static ApiSchema Schema => ChangeEvent.Schema;

    public void WriteTo(Utf8JsonWriter writer) => Told.WriteTo(writer);
}
