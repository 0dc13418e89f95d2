using System.Text.Json;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>An operation as far as it is named where it is told what became of it.</summary>
/// <param name="Endpoint">Below the base URL: <c>/Users</c>.</param>
/// <param name="ResourceId">The id that stands behind it; null for none.</param>
public sealed record DeferredOperation(string? Method, string Endpoint, string? ResourceId, string? BulkId)
{
    /// <summary>What it was sent to, below the base URL.</summary>
    public string Path => ResourceId is null ? Endpoint : $"{Endpoint}/{ResourceId}";

    /// <summary>The operations of a Bulk request, in its order; none where it cannot be read any more.</summary>
    public static IReadOnlyList<DeferredOperation> Of(DeferredRow row)
    {
        try
        {
            return Read(row);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>Deeper than any body that was taken.</summary>
    private const int MaxDepth = 256;

    private static IReadOnlyList<DeferredOperation> Read(DeferredRow row)
    {
        using var body = JsonDocument.Parse(row.Body ?? "{}"u8.ToArray(), new JsonDocumentOptions { MaxDepth = MaxDepth });
        var list = body.RootElement.EnumerateObject().FirstOrDefault(member => member.Name.Equals("Operations", StringComparison.OrdinalIgnoreCase)).Value;
        return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(Read)] : [];
    }

    private static DeferredOperation Read(JsonElement json)
    {
        var parts = (Text(json, "path") ?? "").Trim('/').Split('/', 2);
        return new DeferredOperation(Text(json, "method"), $"/{parts[0]}", parts.Length > 1 ? parts[1] : null, Text(json, "bulkId"));
    }

    private static string? Text(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object
        && json.EnumerateObject().FirstOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
