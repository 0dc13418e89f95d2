using ScimSlice.Infrastructure.Audit;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>A token that was live once. Its holder learns no more than that it is not valid; the organization's audit does.</summary>
/// <param name="Why"><c>expired</c> or <c>revoked</c>.</param>
public sealed record EndedToken(string OrganizationId, Actor Actor, string Why);
