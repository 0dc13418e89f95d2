namespace ScimSlice.Infrastructure.Storage;

/// <summary>The database cannot be used as it is. The message says why and what mends it, for the operator.</summary>
public sealed class StorageException(string message, Exception? inner = null) : Exception(message, inner);
