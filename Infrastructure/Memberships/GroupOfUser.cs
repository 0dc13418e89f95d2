namespace ScimSlice.Infrastructure.Memberships;

/// <summary>A group that a user is in. RFC 7643 §4.1.2.</summary>
/// <param name="IsDirect">Whether the user itself is a member, and not only a group that it is in.</param>
public sealed record GroupOfUser(string Id, string Display, bool IsDirect);
