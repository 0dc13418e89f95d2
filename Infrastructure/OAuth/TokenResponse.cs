namespace ScimSlice.Infrastructure.OAuth;

/// <summary>An access token. RFC 6749 §5.1.</summary>
/// <param name="AccessToken">The secret, which is told this once.</param>
/// <param name="Scope"><c>read</c> or <c>write</c>.</param>
public sealed record TokenResponse(string AccessToken, TimeSpan Lifetime, string Scope);
