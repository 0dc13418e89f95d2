using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Bulk;

/// <summary>What became of one operation. RFC 7644 §3.7.3.</summary>
/// <param name="Location">Below the base URL; null for a POST that failed.</param>
/// <param name="Version">The entity tag; null where there is no resource.</param>
/// <param name="Error">Why it failed; null where it did not.</param>
internal sealed record BulkResult(BulkOperation Operation, int Status, string? Location, string? Version, ScimException? Error)
{
    /// <summary>How it was worked on; null where it was not.</summary>
    public RequestNote? Note { get; init; }

    /// <summary>Whether it changed something.</summary>
    public bool Changed { get; init; }

    /// <summary>The operation failed.</summary>
    public static BulkResult Failed(BulkOperation operation, ScimException error) =>
        new(operation, error.Status, operation.Creates || operation.Id is null ? null : $"{operation.Endpoint}/{operation.Id}", null, error);

    public void WriteTo(Utf8JsonWriter writer, PublicUrls urls, string requestId)
    {
        writer.WriteStartObject();
        if (Location is not null)
        {
            writer.WriteString("location", $"{urls.BaseUrl}{Location}");
        }

        if (Operation.Method is not null)
        {
            writer.WriteString("method", Operation.Method);
        }

        if (Operation.BulkId is not null)
        {
            writer.WriteString("bulkId", Operation.BulkId);
        }

        if (Version is not null)
        {
            writer.WriteString("version", Version);
        }

        writer.WriteString("status", Status.ToString(CultureInfo.InvariantCulture));
        if (Error is not null)
        {
            writer.WritePropertyName("response");
            Error.WriteTo(writer, requestId);
        }

        writer.WriteEndObject();
    }
}
