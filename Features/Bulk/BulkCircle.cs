using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Bulk;

/// <summary>
/// What was learnt of operations that refer to each other by trying: which of them cannot be, and which references to those are left out for
/// it. RFC 7644 §3.7.1.
/// </summary>
internal sealed class BulkCircle
{
    private readonly Dictionary<int, ScimException> broken;
    private readonly Dictionary<int, HashSet<string>> dropped;

    public BulkCircle() => (broken, dropped) = ([], []);

    private BulkCircle(BulkCircle other)
    {
        broken = new(other.broken);
        dropped = other.dropped.ToDictionary(entry => entry.Key, entry => entry.Value.ToHashSet(StringComparer.Ordinal));
    }

    public BulkCircle Copy() => new(this);

    /// <summary>The operations that cannot be, and why.</summary>
    public IReadOnlyDictionary<int, ScimException> Faults => broken;

    /// <summary>The names to which an operation does not refer any more; null where it does to all.</summary>
    public IReadOnlySet<string>? Dropped(int index) => dropped.GetValueOrDefault(index);

    /// <summary>
    /// Takes note that a reference could not be added. Where it closed a circle, the last of the operations in it is the one that cannot be,
    /// and the others are made without it.
    /// </summary>
    public void Note(BulkRun run, int index, IReadOnlyCollection<int> circle, ScimException fault)
    {
        if (!fault.IsCircular)
        {
            broken[index] = fault;
            return;
        }

        var last = circle.Max();
        broken[last] = ScimException.Conflict($"The operations refer to each other in a circle that cannot be: {fault.Marked}");
        foreach (var other in circle.Where(other => other != last))
        {
            (dropped.TryGetValue(other, out var names) ? names : dropped[other] = []).Add(run.Operations[last].BulkId!);
        }
    }
}
