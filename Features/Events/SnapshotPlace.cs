using Dapper;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Events;

/// <summary>Where a page of a snapshot begins.</summary>
/// <param name="After">What the page before gave as <c>next</c>; empty for the first.</param>
/// <param name="Limit">Rows at most.</param>
/// <param name="Position">The position of the page before; null on the first.</param>
public sealed record SnapshotPlace(string After, int Limit, long? Position)
{
    private const int MaxRows = 1000;

    private static readonly ApiParameter.Text AfterPlace = new("after", "What the page before gave as next; nothing for the first.");
    private static readonly ApiParameter.Number RowLimit = new("limit", "Rows of one answer.", 1, MaxRows, Usual: 100);
    private static readonly ApiParameter.Number AtPosition = new("position", "The position that the first page gave; needed with after, and given for the first pages of the other kinds too.");

    /// <summary>What a page of any kind is asked for with.</summary>
    public static IReadOnlyList<ApiParameter> Parameters { get; } = [AfterPlace, RowLimit, AtPosition];

    /// <summary>Throws 400 for a page that is not the first and does not say from which position.</summary>
    public static SnapshotPlace Of(ApiRequest request)
    {
        var place = new SnapshotPlace(request.Text(AfterPlace) ?? "", (int)request.Number(RowLimit), request.NumberIfGiven(AtPosition));
        return place.After.Length > 0 && place.Position is null
            ? throw ScimException.InvalidValue("position: must be that of the first page, with which the snapshot began.")
            : place.After.Contains('\0', StringComparison.Ordinal) ? throw ScimException.InvalidValue("after: is not what an answer gave as next.") : place;
    }

    /// <summary>
    /// The position of the snapshot. On the first page that of the last event whose effect the page shows: later ones are told again by the feed, and
    /// versions say which of them are known already.
    /// </summary>
    internal async Task<long> PositionAsync(StorageSession storage, string organizationId) => Position ?? await storage.Connection.ExecuteScalarAsync<long>(
        "select coalesce(max(e.position), 0) from events e where e.organization_id = @organizationId", new { organizationId });
}
