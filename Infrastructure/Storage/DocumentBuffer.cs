using System.Buffers;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>Memory for the documents of one answer, taken from a pool in large blocks and given back when the request ends.</summary>
public sealed class DocumentBuffer : IDisposable
{
    private const int Block = 128 * 1024;

    private readonly List<byte[]> blocks = [];
    private int used;

    /// <summary>A copy of the bytes that lives as long as this buffer.</summary>
    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        if (blocks.Count == 0 || blocks[^1].Length - used < bytes.Length)
        {
            blocks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(Block, bytes.Length)));
            used = 0;
        }

        var copy = blocks[^1].AsMemory(used, bytes.Length);
        bytes.CopyTo(copy.Span);
        used += bytes.Length;
        return copy;
    }

    public void Dispose()
    {
        foreach (var block in blocks)
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        blocks.Clear();
    }
}
