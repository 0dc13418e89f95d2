namespace ScimSlice.Infrastructure.OAuth;

/// <summary>A request for an access token as the form says it. RFC 6749 §4.4.2, RFC 7523 §2.2.</summary>
/// <param name="ClientId">From the form or the header; null where the assertion alone names the client.</param>
/// <param name="ClientSecret">From the form or the header; null where an assertion stands in its place.</param>
public sealed record TokenRequest(string? GrantType, string? ClientId, string? ClientSecret, string? AssertionType, string? Assertion, string? Scope);
