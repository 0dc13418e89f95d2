namespace ScimSlice.Infrastructure.Deferred;

/// <summary>What became of a request that was carried out later, or of one operation of it.</summary>
/// <param name="Number">The operation's place in a Bulk request, from 0 on; 0 for any other one.</param>
/// <param name="Json">As <see cref="SecurityEvents.CompletedOperation"/> keeps it.</param>
/// <param name="Told">The same without values that the client sent, for those who follow events.</param>
public sealed record DeferredResult(long Number, string Json, string Told);
