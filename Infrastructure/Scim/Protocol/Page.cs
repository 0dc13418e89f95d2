namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>Which part of a result a client asks for. RFC 7644 §3.4.2.4.</summary>
/// <param name="StartIndex">The 1-based index of the first resource, at least 1.</param>
/// <param name="Count">Resources wanted, 0 to <see cref="ScimLimits.MaxPageSize"/>.</param>
public sealed record Page(int StartIndex, int Count)
{
    /// <summary>
    /// Bytes of documents on a page; the one that reaches it is its last. Two hundred of the largest resources would take fifty
    /// megabytes for each request. The client goes on behind the last one that it got (RFC 7644 §3.4.2.4).
    /// </summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>A startIndex below 1 is taken as 1, a negative count as 0, a large one as the most that is served.</summary>
    public static Page Of(int? startIndex, int? count, ScimLimits limits) =>
        new(Math.Max(1, startIndex ?? 1), Math.Clamp(count ?? limits.DefaultPageSize, 0, limits.MaxPageSize));
}
