namespace ScimSlice.Infrastructure.Deferred;

/// <summary>A request that is to be carried out later, as it came.</summary>
/// <param name="Endpoint">Below the base URL: <c>/Users</c>, <c>/Bulk</c>.</param>
/// <param name="ResourceId">The id that stands behind it; null for none.</param>
/// <param name="Body">JSON; null where the method has none.</param>
/// <param name="TokenHash">Names the token that it came with, which must be live when it is carried out.</param>
public sealed record DeferredCall(string Method, string Endpoint, string? ResourceId, string? IfMatch, string? IfNoneMatch, byte[]? Body, byte[] TokenHash);
