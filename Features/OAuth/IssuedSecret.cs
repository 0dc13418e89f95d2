using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.OAuth;

/// <summary>A new secret of a client, which is shown this once.</summary>
public sealed record IssuedSecret(OrganizationRow Organization, ClientRow Client, SecretRow Row, string Secret);
