namespace ScimSlice.Tests.Faults;

/// <summary>
/// One resource as the client that owns it knows it. Nobody else changes it, and one request at a time does, so after any fault
/// it must be what was acknowledged last or what the one request in flight makes of it: never older, never half.
/// </summary>
internal sealed class FaultResource(string collection, string name)
{
    /// <summary>Where such resources are made: <c>/Users</c>.</summary>
    public string Collection => collection;

    /// <summary>The name that it was made with.</summary>
    public string Name => name;

    /// <summary>What it is found by where the answer that told its id was lost.</summary>
    public string Filter => collection == "/Users" ? $"userName eq \"{name}\"" : $"displayName eq \"{name}\"";

    /// <summary>What is left out where it is read: what follows from other resources, which have versions of their own.</summary>
    public string Excluded => collection == "/Users" ? "excludedAttributes=groups" : "excludedAttributes=members.$ref,members.display,members.type";

    public string? Id { get; private set; }

    public string Path => $"{Collection}/{Id}";

    public ResourceState Acknowledged { get; private set; } = ResourceState.Absent;

    /// <summary>What it is if the request that was not answered was carried out; null where none is open.</summary>
    public ResourceState? InFlight { get; private set; }

    public void Begin(ResourceState after) => InFlight = after;

    /// <summary>The request was answered with success; an answer that carries the resource tells its id.</summary>
    public void Acknowledge(string? id)
    {
        Id ??= id;
        Acknowledged = InFlight!;
        InFlight = null;
    }

    /// <summary>The answer said that nothing was changed.</summary>
    public void Refuse() => InFlight = null;

    /// <summary>Compares what is read after a fault with what may be; null where it is one of the two, which is from then on the known one.</summary>
    public string? Settle(ResourceState read, string? id)
    {
        if (InFlight is { } inFlight && inFlight.Reads(read))
        {
            Id ??= id;
            Acknowledged = inFlight;
            InFlight = null;
            return null;
        }

        if (Acknowledged.Reads(read))
        {
            InFlight = null;
            return null;
        }

        return $"{Collection} {Name} ({Id}) reads {read}; acknowledged was {Acknowledged}, in flight {InFlight?.ToString() ?? "nothing"}";
    }
}
