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

    public ResourceStamp Stamp => new(Version, Location);

    /// <summary>The location below the base URL: <c>/Users/ID</c>.</summary>
    public string Location => Encoding.UTF8.GetString(Document.Span[LocationStart..^End.Length]);

    // In JSON a quote stands in no value unescaped, so the last of these names is the name.
    private int LocationStart => Document.Span.LastIndexOf(LocationName) + LocationName.Length;

    private static ReadOnlySpan<byte> LocationName => "\"location\":\""u8;

    private static ReadOnlySpan<byte> LastModifiedName => "\"lastModified\":\""u8;

    private static ReadOnlySpan<byte> BeforeMeta => ",\"meta\":{\"resourceType\":"u8;

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

    /// <summary>
    /// A document of which the version and the time of the last change stand elsewhere, as in a group whose members change: with those
    /// put in.
    /// </summary>
    public static StoredResource Of(long version, string lastModifiedAt, ReadOnlyMemory<byte> document)
    {
        var stored = new StoredResource(version, document);
        var bytes = document.Span;
        var time = bytes.LastIndexOf(LastModifiedName) + LastModifiedName.Length;
        if (bytes[time..].StartsWith(Encoding.ASCII.GetBytes(lastModifiedAt)) && bytes[..stored.LocationStart].EndsWith(Encoding.ASCII.GetBytes(BeforeLocation(stored.Tag))))
        {
            return stored;
        }

        return stored with { Document = (byte[])[.. bytes[..time], .. Encoding.ASCII.GetBytes($"{lastModifiedAt}\",\"version\":\"{BeforeLocation(stored.Tag)}"), .. bytes[stored.LocationStart..]] };
    }

    /// <summary>This resource with a further member, whose JSON is given, before its meta.</summary>
    public StoredResource With(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        var document = Document.Span;
        var place = document.LastIndexOf(BeforeMeta);
        return this with { Document = (byte[])[.. document[..place], (byte)',', (byte)'"', .. name, (byte)'"', (byte)':', .. json, .. document[place..]] };
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
        var reader = new Utf8JsonReader(whole.WrittenSpan, new JsonReaderOptions { MaxDepth = ScimLimits.Ceiling.MaxJsonDepth });
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        selection.WriteTo(writer, JsonElement.ParseValue(ref reader));
    }

    /// <summary>An entity tag as JSON, and what stands between it and the location.</summary>
    private static string BeforeLocation(string tag) => $"{tag.Replace("\"", "\\\"", StringComparison.Ordinal)}\",\"location\":\"";

    private void WriteWhole(IBufferWriter<byte> output, PublicUrls urls)
    {
        var document = Document.Span;
        var location = LocationStart;
        output.Write(document[..location]);
        output.Write(urls.BaseUrlUtf8.Span);
        output.Write(document[location..]);
    }
}
