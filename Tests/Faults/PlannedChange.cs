namespace ScimSlice.Tests.Faults;

/// <summary>
/// A request that a client is about to send, the status that acknowledges it, and what it makes of each resource that it
/// touches. All or none of these hold afterwards.
/// </summary>
internal sealed record PlannedChange(string Method, string Path, string? Body, int Acknowledged, IReadOnlyList<(FaultResource Resource, ResourceState After)> Effects)
{
    public static PlannedChange Of(string method, string path, string? body, int acknowledged, FaultResource resource, ResourceState after) =>
        new(method, path, body, acknowledged, [(resource, after)]);
}
