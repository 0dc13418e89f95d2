namespace ScimSlice.Features.Users;

/// <summary>A user that has come back from its tombstone.</summary>
public sealed record RestoredUser(string Organization, string Id, string UserName, long Version, string LastModified);
