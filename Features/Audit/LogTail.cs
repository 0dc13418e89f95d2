using System.Runtime.CompilerServices;

namespace ScimSlice.Features.Audit;

/// <summary>Follows the log: what there is, and then each request as it is written, once.</summary>
internal static class LogTail
{
    /// <summary>How often the log is looked at.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How far each look goes back: records are written after those that were made later.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    /// <param name="read">Reads the log as far back as is said; null for as far as was asked for.</param>
    public static async IAsyncEnumerable<LoggedRequest> FollowAsync(
        Func<TimeSpan?, Task<IReadOnlyList<LoggedRequest>>> read, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        HashSet<string> seen = [];
        var first = "";
        TimeSpan? since = null;
        do
        {
            var requests = await read(since);
            foreach (var logged in requests.Where(logged => !seen.Contains(logged.Record.Id) && string.CompareOrdinal(logged.Record.Id, first) >= 0))
            {
                yield return logged;
            }

            // What lies further back than a look goes is not met again; what was before the first look's limit was not asked for.
            seen = [.. requests.Select(logged => logged.Record.Id)];
            first = since is null && requests.Count > 0 ? requests[0].Record.Id : first;
            since = Overlap;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
