using ScimSlice.Infrastructure.Audit;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>A token that was live once. Its holder learns no more than that it is not valid; the organization's audit does.</summary>
/// <param name="Why"><c>expired</c>, <c>revoked</c>, or <c>invalid_client</c> where an OAuth client could not show that it is itself.</param>
public sealed record EndedToken(string OrganizationId, Actor Actor, string Why);
