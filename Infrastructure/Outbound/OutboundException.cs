namespace ScimSlice.Infrastructure.Outbound;

/// <summary>Something could not be fetched; the message says why, for the operator.</summary>
public sealed class OutboundException(string message, Exception? inner = null) : Exception(message, inner);
