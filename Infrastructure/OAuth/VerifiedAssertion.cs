namespace ScimSlice.Infrastructure.OAuth;

/// <summary>An assertion whose signature and claims are right, and that must not be taken twice. RFC 7523 §3.</summary>
/// <param name="Hash">The SHA-256 of what is its own: its id and its signed content.</param>
/// <param name="ExpiresAt">When nobody would take it any more.</param>
public sealed record VerifiedAssertion(byte[] Hash, DateTimeOffset ExpiresAt);
