namespace ScimSlice.Infrastructure.Webhooks;

/// <summary>How sending one event went.</summary>
/// <param name="Status">The answer's status; null where there was none.</param>
/// <param name="Failure">Why it failed, in one line without anything that the receiver wrote; null where it did not.</param>
/// <param name="RetryAfter">How long the receiver asks to wait.</param>
/// <param name="IsAcknowledged">Whether the answer says that the change is in effect.</param>
public sealed record Attempt(int? Status, string? Failure, TimeSpan? RetryAfter, bool IsAcknowledged)
{
    public bool Succeeded => Failure is null;

    /// <summary>Whether the endpoint works: it took the event, or refused this one. Other answers, and none, are of the endpoint itself.</summary>
    public bool IsAlive => Succeeded || Status is >= 400 and < 500 and not (401 or 403 or 404 or 405 or 408 or 425 or 429);

    /// <summary>410: the receiver wants no more of them. Standard Webhooks 1.0.</summary>
    public bool IsGone => Status == 410;
}
