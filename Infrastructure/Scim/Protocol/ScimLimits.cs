namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>
/// What one request may hold. It travels with the request, so that the language keeps no state; who runs the service may set each within
/// <see cref="Ceiling"/>.
/// </summary>
public sealed record ScimLimits
{
    /// <summary>What holds where nobody says otherwise.</summary>
    public static ScimLimits Default { get; } = new();

    /// <summary>
    /// The greatest values that may be set. Those of depth protect the process: filters and JSON are walked by recursion, and a stack
    /// overflow ends it. Terms lean to the left, so that each is a level too; SQLite takes a thousand levels of what becomes of both.
    /// </summary>
    public static ScimLimits Ceiling { get; } = new()
    {
        MaxBodyBytes = 64 * 1024 * 1024,
        MaxLargeBodyBytes = 64 * 1024 * 1024,
        MaxJsonDepth = 128,
        MaxJsonTokens = 4_000_000,
        MaxFilterLength = 65_536,
        MaxFilterDepth = 100,
        MaxFilterTerms = 300,
        MaxPatchOperations = 10_000,
        MaxBulkOperations = 10_000,
        MaxPageSize = 1000,
        DefaultPageSize = 1000,
    };

    /// <summary>Bytes of a body. A user of 900 bytes fits a thousand times; larger ones are cut off while they arrive.</summary>
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Bytes of a body that holds many resources, or a group with many members: 40,000 in the form that Okta sends. Told as
    /// bulk.maxPayloadSize (RFC 7644 §3.7.4).
    /// </summary>
    public int MaxLargeBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Objects and arrays inside one another. A SCIM message needs 7 (Bulk, operation, data, patch operation, value, element, extension).</summary>
    public int MaxJsonDepth { get; init; } = 32;

    /// <summary>Names, values and brackets in one body. It bounds the work that one byte of a body can cause.</summary>
    public int MaxJsonTokens { get; init; } = 400_000;

    /// <summary>Characters of a filter or a patch path.</summary>
    public int MaxFilterLength { get; init; } = 8192;

    /// <summary>Parentheses, brackets and <c>not</c> inside one another.</summary>
    public int MaxFilterDepth { get; init; } = 50;

    /// <summary>Comparisons and presence tests in one filter: each is a condition for the database.</summary>
    public int MaxFilterTerms { get; init; } = 200;

    /// <summary>Operations in one PATCH, path-less ones counted by their attributes. Entra ID sends at most 256 members, one operation each.</summary>
    public int MaxPatchOperations { get; init; } = 2000;

    /// <summary>Operations in one Bulk request, told as bulk.maxOperations. RFC 7644 §3.7.4.</summary>
    public int MaxBulkOperations { get; init; } = 1000;

    /// <summary>The resources of a page at most. It bounds the memory and time of one answer; told as filter.maxResults.</summary>
    public int MaxPageSize { get; init; } = 200;

    /// <summary>The resources of a page where the client does not say.</summary>
    public int DefaultPageSize { get; init; } = 100;
}
