namespace ScimSlice.Features.Groups;

/// <summary>A member as a client names it. RFC 7643 §4.2.</summary>
/// <param name="Id">In lower case, as ids are.</param>
/// <param name="Type">What the client says that it is; null where it does not say.</param>
internal readonly record struct Member(string Id, string? Type);
