using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Scim.Resources;

/// <summary>
/// A resource as it lies in the storage: the UTF-8 bytes of its representation, in which only the location is relative. It is
/// served by copying the bytes and splicing the base URL in; nothing is parsed unless attributes are selected.
/// </summary>
/// <param name="Version">1 when created, one more with each change.</param>
/// <param name="Document">Valid JSON whose last member is the location, relative to the base URL.</param>
public readonly record struct StoredResource(long Version, ReadOnlyMemory<byte> Document)
{
    /// <summary>Characters outside ASCII are written as they are, not as escapes: the output is JSON, never HTML.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public string Tag => EntityTag.Of(Version);

    public string Id => Location[(Location.LastIndexOf('/') + 1)..];

    /// <summary>The location below the base URL: <c>/Users/ID</c>.</summary>
    public string Location => Encoding.UTF8.GetString(Document.Span[LocationStart..^End.Length]);

    // In JSON a quote stands in no value unescaped, so the last of these names is the name.
    private int LocationStart => Document.Span.LastIndexOf(LocationName) + LocationName.Length;

    private static ReadOnlySpan<byte> LocationName => "\"location\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}}"u8;

    /// <summary>Bytes of the whole representation.</summary>
    public int Length(PublicUrls urls) => Document.Length + urls.BaseUrlUtf8.Length;

    /// <summary>The bytes that are stored for a document: valid JSON that ends with the relative location.</summary>
    public static byte[] Serialize(ResourceDocument document, string id, ResourceMeta meta)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(output, WriterOptions))
        {
            document.WriteTo(writer, id, meta);
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
        var document = Document.Span;
        var location = LocationStart;
        output.Write(document[..location]);
        output.Write(urls.BaseUrlUtf8.Span);
        output.Write(document[location..]);
    }
}
