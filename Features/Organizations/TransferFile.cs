using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Features.Organizations;

/// <summary>
/// The file of an export: JSON Lines, an object on each. The first is of the kind <c>organization</c>, the last of the kind
/// <c>end</c> with the number of lines of each kind between them, so that a file that was cut off is known for one.
/// </summary>
internal static class TransferFile
{
    /// <summary>The form that this program writes, and the only one that it reads.</summary>
    public const int Format = 1;

    public const string HeaderKind = "organization";
    public const string EndKind = "end";

    /// <summary>Bytes of one line: the largest document, every character escaped, and what stands around it.</summary>
    public const int MaxLineBytes = 2 * 1024 * 1024;

    /// <summary>Bytes gathered before they are written to the file.</summary>
    private const int BufferSize = 64 * 1024;

    /// <summary>Writes one line, and all that was gathered where that is much or <paramref name="flush"/> says so.</summary>
    public static async Task WriteLineAsync(
        Stream output, ArrayBufferWriter<byte> buffer, string kind, Action<Utf8JsonWriter> members, CancellationToken cancellationToken, bool flush = false)
    {
        using (var json = new Utf8JsonWriter(buffer, StoredResource.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            members(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        if (flush || buffer.WrittenCount >= BufferSize)
        {
            await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
        }

        if (flush)
        {
            await output.FlushAsync(cancellationToken);
        }
    }

    /// <summary>The lines with their numbers, from the beginning of the file. Throws 400 with its number for one that is no JSON object.</summary>
    public static async IAsyncEnumerable<(int Number, string Kind, OrganizationLine Line)> ReadAsync(
        Stream input, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        input.Position = 0;
        var reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true));
        var number = 0;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (Next(ref buffer, result.IsCompleted) is { } bytes)
            {
                number++;
                if (bytes.Length > 0)
                {
                    var line = Parse(number, bytes, now);
                    yield return (number, line.Text("kind"), line);
                }
            }

            if (result.IsCompleted)
            {
                break;
            }

            if (buffer.Length > MaxLineBytes)
            {
                throw ScimException.PayloadTooLarge($"Line {number + 1} has more than {MaxLineBytes} bytes.");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }

        await reader.CompleteAsync();
    }

    /// <summary>Takes a line off the buffer; null where no whole one is left.</summary>
    private static byte[]? Next(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            var line = buffer.Slice(0, end).ToArray();
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return line is [.., (byte)'\r'] ? line[..^1] : line;
        }

        if (!isLast || buffer.IsEmpty)
        {
            return null;
        }

        var rest = buffer.ToArray();
        buffer = buffer.Slice(buffer.End);
        return rest;
    }

    private static OrganizationLine Parse(int number, byte[] utf8, DateTimeOffset now)
    {
        if (utf8.Length > MaxLineBytes)
        {
            throw ScimException.PayloadTooLarge($"Line {number} has more than {MaxLineBytes} bytes.");
        }

        try
        {
            var line = new OrganizationLine(StrictJson.Parse(utf8), now);
            return line.Json.ValueKind == JsonValueKind.Object && line.Text("kind").Length > 0 ? line : throw ScimException.InvalidSyntax("It is no JSON object.");
        }
        catch (ScimException fault)
        {
            throw ScimException.InvalidSyntax($"Line {number} is no line of an export. {fault.Detail}");
        }
    }
}
