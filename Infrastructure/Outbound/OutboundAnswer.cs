namespace ScimSlice.Infrastructure.Outbound;

/// <summary>What a server answered.</summary>
/// <param name="RetryAfter">How long it asks to wait; null where it does not.</param>
/// <param name="Body">The body as far as it is read.</param>
public sealed record OutboundAnswer(int Status, TimeSpan? RetryAfter, byte[] Body);
