using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.Organizations;

/// <summary>A new token together with its secret, which is shown this once.</summary>
public sealed record IssuedToken(OrganizationRow Organization, TokenRow Token, string Secret);
