namespace ScimSlice.Infrastructure.Events;

/// <summary>What a change did to one resource, as its handler notes it; an event when it is written.</summary>
/// <param name="Version">The version of the resource since; of a deleted one the last.</param>
/// <param name="Before">A JSON object with the attributes that changed, as they were; null where there were none.</param>
/// <param name="After">The same as they are now.</param>
/// <param name="Member">Who came to a group or left it; null where it is about something else.</param>
/// <param name="MemberType"><c>User</c> or <c>Group</c>.</param>
public sealed record Happening(
    string OrganizationId, string Type, string ResourceType, string ResourceId, long Version, string? Before = null, string? After = null, string? Member = null, string? MemberType = null)
{
    /// <summary>The request, or the part of it, that did it; null for the one that is worked on.</summary>
    public string? RequestId { get; init; }

    /// <summary>The change of something else that brought it about; null where it is the change itself.</summary>
    public EventCause? Cause { get; init; }
}
