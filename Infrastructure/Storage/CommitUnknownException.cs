namespace ScimSlice.Infrastructure.Storage;

/// <summary>Whether a transaction took effect is not known: its connection ended in the commit. It must not be run again unasked.</summary>
public sealed class CommitUnknownException(string reason, Exception? inner = null) : Exception($"The commit was not confirmed: {reason}", inner);
