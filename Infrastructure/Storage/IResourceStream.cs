using System.Buffers;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>The representation of one resource, written piece by piece.</summary>
public interface IResourceStream : IAsyncDisposable
{
    ResourceStamp Stamp { get; }

    /// <summary>Further headers of an answer that is this resource alone.</summary>
    IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Writes the next piece; false where that was the last.</summary>
    ValueTask<bool> WriteAsync(IBufferWriter<byte> output, CancellationToken cancellationToken);
}
