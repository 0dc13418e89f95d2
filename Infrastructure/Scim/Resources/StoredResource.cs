using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// A resource as it lies in the storage: the UTF-8 bytes of its representation without <c>meta</c>, and what <c>meta</c> says.
/// It is served by copying the bytes and splicing <c>meta</c> in; nothing is parsed unless attributes are selected.
/// </summary>
/// <param name="Version">1 when created, one more with each change.</param>
/// <param name="CreatedAt">UTC: <c>2026-11-23T10:00:00.000Z</c>.</param>
public sealed record StoredResource(ResourceType Type, string Id, long Version, string CreatedAt, string LastModifiedAt, byte[] Document)
{
    /// <summary>Characters outside ASCII are written as they are, not as escapes: the output is JSON, never HTML.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public string Tag => EntityTag.Of(Version);

    /// <summary>The bytes that are stored for a document.</summary>
    public static byte[] Serialize(ResourceDocument document, string id)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, WriterOptions))
        {
            document.WriteTo(writer, id);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the representation, or what is selected of it. RFC 7643 §3.1.</summary>
    public void WriteTo(IBufferWriter<byte> output, PublicUrls urls, AttributeSelection? selection)
    {
        if (selection is null)
        {
            WriteWhole(output, urls);
            return;
        }

        var whole = new ArrayBufferWriter<byte>(Document.Length + 256);
        WriteWhole(whole, urls);
        var reader = new Utf8JsonReader(whole.WrittenSpan, new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth * 2 });
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        selection.WriteTo(writer, JsonElement.ParseValue(ref reader));
    }

    private void WriteWhole(IBufferWriter<byte> output, PublicUrls urls)
    {
        output.Write(Document.AsSpan(0, Document.Length - 1));
        output.Write(",\"meta\":{\"resourceType\":\""u8);
        WriteAscii(output, Type.Name);
        output.Write("\",\"created\":\""u8);
        WriteAscii(output, CreatedAt);
        output.Write("\",\"lastModified\":\""u8);
        WriteAscii(output, LastModifiedAt);
        output.Write("\",\"location\":\""u8);
        WriteAscii(output, urls.BaseUrl);
        WriteAscii(output, Type.Endpoint);
        output.Write("/"u8);
        WriteAscii(output, Id);
        output.Write("\",\"version\":\"W/\\\""u8);
        WriteAscii(output, Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        output.Write("\\\"\"}}"u8);
    }

    private static void WriteAscii(IBufferWriter<byte> output, string text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
