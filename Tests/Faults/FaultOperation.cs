namespace ScimSlice.Tests.Faults;

/// <summary>One kind of change that clients make while faults happen.</summary>
/// <param name="Weight">How often it is chosen, against the others.</param>
/// <param name="Plan">The next such change of a client and what must hold after it; null where the client has nothing that fits.</param>
internal sealed record FaultOperation(string Name, int Weight, Func<FaultClient, PlannedChange?> Plan);
