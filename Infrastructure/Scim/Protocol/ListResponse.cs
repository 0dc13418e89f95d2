using System.Buffers;
using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>A page of resources with the number of all matches. RFC 7644 §3.4.2.</summary>
/// <param name="TotalResults">Matches over all pages.</param>
/// <param name="StartIndex">The 1-based index of the first resource, as asked; null where the client pages by cursor.</param>
public sealed record ListResponse(long TotalResults, int? StartIndex, IReadOnlyList<StoredResource> Resources, AttributeSelection? Selection)
{
    /// <summary>The cursor of the page behind this one; null for the last page, and where the client pages by index. RFC 9865 §2.</summary>
    public string? NextCursor { get; init; }

    /// <summary>The cursor of the page before this one; null for the first page.</summary>
    public string? PreviousCursor { get; init; }

    /// <summary>What was looked for; null where all was asked for.</summary>
    public Filter? Filter { get; init; }

    public const string Urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>Bytes of the whole list; it is not known before it is written where attributes are selected.</summary>
    public int Length(PublicUrls urls)
    {
        var length = HeadLength + Digits(TotalResults) + Digits(Resources.Count) + End.Length + Math.Max(0, Resources.Count - 1)
            + (StartIndex is { } start ? BeforeStart.Length + Digits(start) : 0) + CursorLength(BeforeNext, NextCursor) + CursorLength(BeforePrevious, PreviousCursor);
        for (var index = 0; index < Resources.Count; index++)
        {
            length += Resources[index].Length(urls);
        }

        return length;
    }

    /// <summary>Entra ID and Okta read all members even of an empty result, so all are always there.</summary>
    public void WriteTo(IBufferWriter<byte> output, PublicUrls urls)
    {
        WriteHead(output);
        for (var index = 0; index < Resources.Count; index++)
        {
            if (index > 0)
            {
                output.Write(Separator);
            }

            Resources[index].WriteTo(output, urls, Selection);
        }

        output.Write(End);
    }

    /// <summary>What stands between two resources.</summary>
    public static ReadOnlySpan<byte> Separator => ","u8;

    /// <summary>What stands behind the last resource.</summary>
    public static ReadOnlySpan<byte> End => "]}"u8;

    /// <summary>Writes what stands before the first resource.</summary>
    public void WriteHead(IBufferWriter<byte> output)
    {
        output.Write(BeforeTotal);
        WriteNumber(output, TotalResults);
        if (StartIndex is { } start)
        {
            output.Write(BeforeStart);
            WriteNumber(output, start);
        }

        output.Write(BeforeItems);
        WriteNumber(output, Resources.Count);
        WriteCursor(output, BeforeNext, NextCursor);
        WriteCursor(output, BeforePrevious, PreviousCursor);
        output.Write(BeforeResources);
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

    private static ReadOnlySpan<byte> BeforeNext => ",\"nextCursor\":\""u8;

    private static ReadOnlySpan<byte> BeforePrevious => ",\"previousCursor\":\""u8;

    private static int HeadLength => BeforeTotal.Length + BeforeItems.Length + BeforeResources.Length;

    private static int CursorLength(ReadOnlySpan<byte> before, string? cursor) => cursor is null ? 0 : before.Length + cursor.Length + 1;

    /// <summary>A cursor is letters, digits, - and _ only, so it is its own JSON.</summary>
    private static void WriteCursor(IBufferWriter<byte> output, ReadOnlySpan<byte> before, string? cursor)
    {
        if (cursor is not null)
        {
            output.Write(before);
            Encoding.ASCII.GetBytes(cursor, output);
            output.Write("\""u8);
        }
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
