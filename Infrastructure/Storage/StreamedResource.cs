using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// An answer of one resource that is read while it is sent, with the headers of any resource: a group may have more members than should be
/// in memory.
/// </summary>
/// <param name="Found">The version that the operation has found or made.</param>
/// <param name="Open">Begins to read it, as it is when the answer is written.</param>
public sealed record StreamedResource(int Status, ResourceStamp Found, Func<CancellationToken, ValueTask<IResourceStream>> Open) : ScimResponse(Status, Found);
