using System.Buffers;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>A resource that is in memory already, among others that are read while they are sent.</summary>
public sealed class WholeResource(StoredResource resource, AttributeSelection? selection, PublicUrls urls) : IResourceStream
{
    private static readonly Dictionary<string, string> None = [];

    public ResourceStamp Stamp => resource.Stamp;

    public IReadOnlyDictionary<string, string> Headers => None;

    public ValueTask<bool> WriteAsync(IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        resource.WriteTo(output, urls, selection);
        return ValueTask.FromResult(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
