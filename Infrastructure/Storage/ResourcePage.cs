using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>The resources of one page, in the order of the result.</summary>
/// <param name="HasMore">Whether more follow, in the direction in which the page was read.</param>
public sealed record ResourcePage(IReadOnlyList<PlacedResource> Resources, bool HasMore)
{
    /// <summary>The page with its first resources only, or its last ones where it was read backward.</summary>
    public ResourcePage Shortened(int count, Cursor? from) => count == Resources.Count
        ? this
        : new ResourcePage([.. from is { Backward: true } ? Resources.TakeLast(count) : Resources.Take(count)], HasMore: true);

    /// <summary>
    /// The cursors of the pages behind and before this one, null where there is none. A page that was reached from another has that
    /// one on the side from which it was reached, unless its resources were deleted meanwhile.
    /// </summary>
    public (string? Next, string? Previous) Cursors(CursorSeal seal, CursorRequest request, Cursor? from, int count, long total)
    {
        if (Resources.Count == 0)
        {
            return (null, null);
        }

        var backward = from is { Backward: true };
        return (
            backward || HasMore ? seal.Seal(new Cursor(Resources[^1].Key, Resources[^1].Id, Backward: false, total), request, count) : null,
            (backward ? HasMore : from is not null) ? seal.Seal(new Cursor(Resources[0].Key, Resources[0].Id, Backward: true, total), request, count) : null);
    }
}
