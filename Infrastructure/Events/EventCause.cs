namespace ScimSlice.Infrastructure.Events;

/// <summary>What brought an event about.</summary>
/// <param name="Type"><c>Group</c>, <c>RoleMapping</c> or <c>Organization</c>.</param>
/// <param name="Version">The version that it has since; 0 where it has none, and where it ended one more than its last.</param>
public sealed record EventCause(string Type, string Id, long Version);
