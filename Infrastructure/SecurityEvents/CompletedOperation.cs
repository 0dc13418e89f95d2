using System.Buffers;
using System.Text;
using System.Text.Json;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Infrastructure.SecurityEvents;

/// <summary>
/// What became of a request that was carried out later, or of one operation of it: the members of an operation in a Bulk response (RFC 7644 §3.7.3), and
/// the <c>path</c> that it was sent to or has made. Locations are kept below the base URL, which may change.
/// </summary>
internal static class CompletedOperation
{
    private const string Path = "path";
    private const string Location = "location";

    /// <summary>Characters of what a client put where an id belongs; of longer ones nothing is kept.</summary>
    private const int MaxIdLength = 512;

    private static readonly string[] Methods = ["POST", "PUT", "PATCH", "DELETE"];

    /// <summary>The JSON that is kept.</summary>
    /// <param name="endpoint">Below the base URL; null where the client named none that is served.</param>
    /// <param name="id">What stands behind it; null for nothing.</param>
    /// <param name="error">Why it failed; null where it did not.</param>
    /// <param name="isTold">Whether it is for all who follow events: nothing that a client may write is in it then but an id that looks like one of ours.</param>
    public static string Keep(
        string? endpoint, string? id, string? method, int status, string? version, string? bulkId, Action<Utf8JsonWriter>? error, bool isTold)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output, StoredResource.WriterOptions))
        {
            var isId = id is not null && ResourceId.IsId(id);
            var shown = isId || (!isTold && id is { Length: > 0 and <= MaxIdLength }) ? $"/{Uri.EscapeDataString(id!)}" : "";
            Write(
                writer, $"{endpoint ?? "/"}{(endpoint is null ? "" : shown)}", method is not null && Array.IndexOf(Methods, method) >= 0 ? method : null, status,
                endpoint is not null && isId ? $"{endpoint}{shown}" : null, version, isTold ? null : bulkId, error);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, string path, string? method, int status, string? location, string? version, string? bulkId, Action<Utf8JsonWriter>? error)
    {
        writer.WriteStartObject();
        writer.WriteString(Path, path);
        if (location is not null)
        {
            writer.WriteString(Location, location);
        }

        if (method is not null)
        {
            writer.WriteString("method", method);
        }

        if (bulkId is not null)
        {
            writer.WriteString("bulkId", bulkId);
        }

        if (version is not null)
        {
            writer.WriteString("version", version);
        }

        writer.WriteString("status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (error is not null)
        {
            writer.WritePropertyName("response");
            error(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes what is kept as it is told.</summary>
    public static void Write(Utf8JsonWriter writer, JsonElement kept, PublicUrls urls)
    {
        writer.WriteStartObject();
        foreach (var property in kept.EnumerateObject())
        {
            if (property.NameEquals(Location))
            {
                writer.WriteString(Location, $"{urls.BaseUrl}{property.Value.GetString()}");
            }
            else if (!property.NameEquals(Path))
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }
}
