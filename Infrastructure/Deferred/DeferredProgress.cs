using System.Globalization;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Deferred;

/// <summary>
/// How far a request has come that is carried out later. What became of each operation is noted, and announced, in the unit of work that does it: who
/// goes on after a server was killed does nothing twice and passes nothing over.
/// </summary>
public sealed class DeferredProgress(CurrentOrganization organization, Actor otherwise, EventSignal signal, TimeProvider clock)
{
    /// <summary>How long a request is held, and so how long nobody goes on with one whose server was killed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>How often that is prolonged.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(8);

    /// <summary>After this others have their turn, as soon as something is committed.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);

    private DeferredRow? row;
    private long begun;

    /// <summary>Whether this is such a request; all others are answered by what they return.</summary>
    public bool IsSet => row is not null;

    /// <summary>What was done before, by somebody who did not come to the end.</summary>
    public IReadOnlyList<ResultRow> Before { get; private set; } = [];

    /// <summary>What an operation of a request, or the request itself, is called where it is told what became of it. RFC 9967 §2.5.1.2.</summary>
    public static string TxnOf(DeferredRow row, long number) => row.IsBulk ? string.Create(CultureInfo.InvariantCulture, $"{row.Id}:{number}") : row.Id;

    /// <summary>Goes on with a request that is held.</summary>
    internal void Begin(DeferredRow taken, IReadOnlyList<ResultRow> before) => (row, Before, begun) = (taken, before, clock.GetTimestamp());

    /// <summary>
    /// Notes results in the unit of work that has them, and holds the request for longer. Throws where somebody else has it meanwhile: the unit of work is
    /// undone then.
    /// </summary>
    internal async Task SaveAsync(StorageSession storage, IReadOnlyList<DeferredResult> results, bool isLast)
    {
        var request = row ?? throw new InvalidOperationException("No request is carried out.");
        var now = clock.GetUtcNow();
        var time = DateTimeValue.Format(now);
        if (!await DeferredTable.HoldAsync(storage.Connection, request, DateTimeValue.Format(now + Lease)))
        {
            throw new OperationCanceledException("Another server carries the request out.");
        }

        foreach (var result in results)
        {
            await DeferredTable.InsertAsync(storage, request, result, time);
        }

        await EventTable.AppendAsync(
            storage,
            [.. results.Select(result => new Happening(organization.Id, EventTypes.RequestCompleted, "Request", request.Id, 0, After: result.Told) { RequestId = TxnOf(request, result.Number) })],
            organization.Actor ?? otherwise,
            request.Id,
            request.Method,
            time);
        await (isLast ? DeferredTable.FinishAsync(storage, request, time) : DeferredTable.ForgetFaultsAsync(storage, request));
    }

    /// <summary>Tells that what was saved is committed. Throws where there is more to do and others are to have their turn: it is gone on with from there.</summary>
    internal void Committed(bool isLast)
    {
        signal.Tell(organization.Id);
        if (IsSet && !isLast && clock.GetElapsedTime(begun) > LongestTurn)
        {
            throw new OperationCanceledException("Others have their turn.");
        }
    }
}
