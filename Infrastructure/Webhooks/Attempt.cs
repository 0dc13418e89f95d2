namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>How sending one event went.</summary>
/// <param name="Status">The answer's status; null where there was none.</param>
/// <param name="Failure">Why it failed, in one line without anything that the receiver wrote; null where it did not.</param>
/// <param name="RetryAfter">How long the receiver asks to wait.</param>
/// <param name="IsAcknowledged">Whether the answer says that the change is in effect.</param>
public sealed record Attempt(int? Status, string? Failure, TimeSpan? RetryAfter, bool IsAcknowledged)
{
    public bool Succeeded => Failure is null;

    /// <summary>410: the receiver wants no more of them. Standard Webhooks 1.0.</summary>
    public bool IsGone => Status == 410;
}
