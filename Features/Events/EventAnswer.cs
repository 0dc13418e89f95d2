using System.Text.Json;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Http;

namespace ScimSlice.Features.Events;

/// <summary>One event.</summary>
public sealed record EventAnswer(ChangeEvent Told) : IApiAnswer
{
    public void WriteTo(Utf8JsonWriter writer) => Told.WriteTo(writer);
}
