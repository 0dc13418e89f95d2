using ScimSlice.Infrastructure.Memberships;

namespace ScimSlice.Features.Users;

/// <summary>A user as an operator looks at it.</summary>
/// <param name="Role">What was sent.</param>
/// <param name="EffectiveRole">What the application goes by: the highest of that and of what its groups give.</param>
public sealed record ShownUser(
    string Organization, string Id, string UserName, bool Active, string? Role, string? EffectiveRole, long Version, string Created, string LastModified, IReadOnlyList<GroupOfUser> Groups);
