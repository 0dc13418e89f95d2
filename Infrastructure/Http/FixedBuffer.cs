using System.Buffers;

namespace ScimSlice.Infrastructure.Http;

/// <summary>Memory of a known length that is written from its start to its end.</summary>
internal sealed class FixedBuffer(Memory<byte> memory) : IBufferWriter<byte>
{
    public int Written { get; private set; }

    public void Advance(int count) => Written += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => memory[Written..];

    public Span<byte> GetSpan(int sizeHint = 0) => memory.Span[Written..];
}
