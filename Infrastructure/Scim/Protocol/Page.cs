namespace ScimSlice.Infrastructure.Scim.Protocol;

/// <summary>Which part of a result a client asks for. RFC 7644 §3.4.2.4.</summary>
/// <param name="StartIndex">The 1-based index of the first resource, at least 1.</param>
/// <param name="Count">Resources wanted, 0 to <see cref="MaxCount"/>.</param>
public sealed record Page(int StartIndex, int Count)
{
    /// <summary>The resources of a page where the client does not say.</summary>
    public const int DefaultCount = 100;

    /// <summary>The resources of a page at most. It bounds the memory and time of one answer; told as filter.maxResults.</summary>
    public const int MaxCount = 200;

    /// <summary>
    /// Bytes of documents on a page; the one that reaches it is its last. Two hundred of the largest resources would take fifty
    /// megabytes for each request. The client goes on behind the last one that it got (RFC 7644 §3.4.2.4).
    /// </summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>A startIndex below 1 is taken as 1, a negative count as 0, a large one as the most that is served.</summary>
    public static Page Of(int? startIndex, int? count) => new(Math.Max(1, startIndex ?? 1), Math.Clamp(count ?? DefaultCount, 0, MaxCount));
}
