using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>A list whose resources are read one by one while it is sent. RFC 7644 §3.4.2.</summary>
/// <param name="Open">Begins to read one of them.</param>
public sealed record StreamedList(ListResponse Content, Func<StoredResource, CancellationToken, ValueTask<IResourceStream>> Open) : ScimResponse(200);
