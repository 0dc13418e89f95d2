using System.Text.Json;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;

namespace ScimSlice.Features.Events;

/// <summary>Some of what there is of one kind, and the position from which events tell what has changed since.</summary>
/// <param name="kind">What the rows are called in the answer.</param>
/// <param name="position">The position of the whole snapshot: that of its first page.</param>
public sealed class SnapshotPage(string kind, long position, int limit) : IApiAnswer
{
    /// <summary>Bytes of rows after which a page ends.</summary>
    private const int MaxBytes = 2 * 1024 * 1024;

    private readonly List<Action<Utf8JsonWriter>> rows = [];
    private string? last;
    private bool hasMore;
    private int bytes;

    /// <summary>What <see cref="WriteTo"/> writes.</summary>
    /// <param name="name">What the schema is called.</param>
    /// <param name="kind">What the rows are called in the answer.</param>
    /// <param name="row">What a row is.</param>
    public static ApiSchema Schema(string name, string kind, ApiSchema row) => ApiSchema.Of(name, $$"""
        {
          "type": "object",
          "required": ["position", {{kind}}],
          "properties": {
            "position": { "type": "integer", "format": "int64", "minimum": 0, "description": "The position of the whole snapshot: give it for all further pages, of all kinds, and follow the events after it." },
            {{kind}}: { "type": "array", "items": {{row}} },
            "next": { "type": "string", "description": "The parameter after for the next page; missing on the last." }
          }
        }
        """);

    /// <summary>Adds a row; false where the page is full and more would follow.</summary>
    /// <param name="place">Where one goes on after it.</param>
    /// <param name="size">Its bytes, about.</param>
    public bool TryAdd(string place, int size, Action<Utf8JsonWriter> row)
    {
        if (rows.Count == limit || bytes > MaxBytes)
        {
            hasMore = true;
            return false;
        }

        rows.Add(row);
        last = place;
        bytes += size;
        return true;
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("position", position);
        writer.WriteStartArray(kind);
        foreach (var row in rows)
        {
            row(writer);
        }

        writer.WriteEndArray();
        if (hasMore)
        {
            writer.WriteString("next", last);
        }

        writer.WriteEndObject();
    }
}
