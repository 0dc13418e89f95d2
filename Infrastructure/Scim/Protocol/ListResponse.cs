using System.Buffers;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>A page of resources with the number of all matches. RFC 7644 §3.4.2.</summary>
/// <param name="TotalResults">Matches over all pages.</param>
/// <param name="StartIndex">The 1-based index of the first resource, as asked.</param>
public sealed record ListResponse(long TotalResults, int StartIndex, IReadOnlyList<StoredResource> Resources, AttributeSelection? Selection)
{
    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>Bytes of the whole list; it is not known before it is written where attributes are selected.</summary>
    public int Length(PublicUrls urls)
    {
        var length = HeadLength + Digits(TotalResults) + Digits(StartIndex) + Digits(Resources.Count) + "]}".Length + Math.Max(0, Resources.Count - 1);
        for (var index = 0; index < Resources.Count; index++)
        {
            length += Resources[index].Length(urls);
        }

        return length;
    }

    /// <summary>Entra ID and Okta read all members even of an empty result, so all are always there.</summary>
    public void WriteTo(IBufferWriter<byte> output, PublicUrls urls)
    {
        WriteHead(output, TotalResults, StartIndex, Resources.Count);
        for (var index = 0; index < Resources.Count; index++)
        {
            if (index > 0)
            {
                output.Write(","u8);
            }

            Resources[index].WriteTo(output, urls, Selection);
        }

        output.Write("]}"u8);
    }

    /// <summary>Writes a whole list of documents that are not resources of the storage: discovery.</summary>
    public static void Write(Utf8JsonWriter writer, int count, Action<int> writeResource)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("schemas");
        writer.WriteStringValue(Urn);
        writer.WriteEndArray();
        writer.WriteNumber("totalResults", count);
        writer.WriteNumber("startIndex", 1);
        writer.WriteNumber("itemsPerPage", count);
        writer.WriteStartArray(nameof(Resources));
        for (var index = 0; index < count; index++)
        {
            writeResource(index);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> BeforeTotal => "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":"u8;

    private static ReadOnlySpan<byte> BeforeStart => ",\"startIndex\":"u8;

    private static ReadOnlySpan<byte> BeforeItems => ",\"itemsPerPage\":"u8;

    private static ReadOnlySpan<byte> BeforeResources => ",\"Resources\":["u8;

    private static int HeadLength => BeforeTotal.Length + BeforeStart.Length + BeforeItems.Length + BeforeResources.Length;

    private static void WriteHead(IBufferWriter<byte> output, long totalResults, int startIndex, int itemsPerPage)
    {
        output.Write(BeforeTotal);
        WriteNumber(output, totalResults);
        output.Write(BeforeStart);
        WriteNumber(output, startIndex);
        output.Write(BeforeItems);
        WriteNumber(output, itemsPerPage);
        output.Write(BeforeResources);
    }

    private static int Digits(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        return written;
    }

    private static void WriteNumber(IBufferWriter<byte> output, long value)
    {
        var span = output.GetSpan(20);
        value.TryFormat(span, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
