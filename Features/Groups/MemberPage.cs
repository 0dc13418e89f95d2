using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Groups;

/// <summary>
/// Some of the members of one group: parameters of this server's own beside those of SCIM, which other servers pass over (RFC 7644 §3.4.2),
/// and an answer that is a Group as any other.
/// </summary>
/// <param name="Count">Members at most.</param>
/// <param name="After">The id behind which they begin; null for the first ones.</param>
/// <param name="Selection">What the request selects, as the end of a query string, so that the next page is selected alike.</param>
internal sealed record MemberPage(int Count, string? After, string Selection)
{
    /// <summary>Members of a page at most; a larger number is read as this one.</summary>
    public const int MaxCount = 1000;

    /// <summary>What a request asks for; null for all members. Throws 400 invalidValue.</summary>
    public static MemberPage? Of(ScimRequest request)
    {
        var after = request.Parameter("membersAfter");
        return request.IntegerParameter("membersCount") switch
        {
            null => after is null ? null : new MemberPage(MaxCount, after.ToLowerInvariant(), SelectionOf(request)),
            < 1 => throw ScimException.InvalidValue("membersCount: must be at least 1."),
            var count => new MemberPage(Math.Min(count.Value, MaxCount), after?.ToLowerInvariant(), SelectionOf(request)),
        };
    }

    private static string SelectionOf(ScimRequest request) => string.Concat(((string[])["attributes", "excludedAttributes"])
        .Select(name => request.ListParameter(name) is { Count: > 0 } names ? $"&{name}={Uri.EscapeDataString(string.Join(',', names))}" : ""));
}
