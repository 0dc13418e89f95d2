using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// Gathers an answer whose length nobody knows before its end, and sends it on whenever a piece is full. One that fits in a piece is sent
/// with its length, as any other.
/// </summary>
internal sealed class PieceWriter(HttpResponse response) : IBufferWriter<byte>
{
    /// <summary>Bytes that are gathered before they are sent.</summary>
    private const int PieceSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> piece = new(4096);

    public void Advance(int count) => piece.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => piece.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => piece.GetSpan(sizeHint);

    /// <summary>Sends what is gathered where it is enough, and waits for a client that reads more slowly.</summary>
    public async ValueTask SendFullAsync(CancellationToken cancellationToken)
    {
        if (piece.WrittenCount >= PieceSize)
        {
            await response.BodyWriter.WriteAsync(piece.WrittenMemory, cancellationToken);
            piece.ResetWrittenCount();
        }
    }

    /// <summary>Hands the rest to the response.</summary>
    public void End()
    {
        if (!response.HasStarted)
        {
            response.ContentLength = piece.WrittenCount;
        }

        response.BodyWriter.Write(piece.WrittenSpan);
    }
}
