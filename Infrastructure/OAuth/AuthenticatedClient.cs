using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Infrastructure.OAuth;

/// <summary>A client that has shown who it is.</summary>
/// <param name="SecretId">The secret that it showed; null where it was an assertion.</param>
/// <param name="Assertion">The assertion that it showed; null where it was a secret.</param>
/// <param name="Scope">What its access token may do.</param>
public sealed record AuthenticatedClient(string OrganizationId, string ClientId, string? SecretId, VerifiedAssertion? Assertion, TokenScope Scope);
