using ScimSlice.Infrastructure.Organizations;

namespace ScimSlice.Features.Users;

/// <summary>A tombstone, as far as an operator needs it to find whom to restore or to purge.</summary>
/// <param name="PurgedAfter">When it may be erased for good; null for never.</param>
public sealed record DeletedUserRow(string Id, string UserName, string DeletedAt, string? PurgedAfter);
