namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>What one Bulk request may hold, as ServiceProviderConfig tells it. RFC 7644 §3.7.4.</summary>
public static class BulkLimits
{
    public const int MaxOperations = 1000;

    /// <summary>Bytes.</summary>
    public const int MaxPayloadSize = 4 * 1024 * 1024;
}
