using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Bulk;

/// <summary>
/// How far a Bulk request has come. Each unit of work goes on from a copy, so that one that the storage gives up can be done again as if it
/// had never begun.
/// </summary>
internal sealed class BulkRun
{
    public BulkRun(IReadOnlyList<BulkOperation> operations, int failOnErrors)
    {
        Operations = operations;
        FailOnErrors = failOnErrors;
        Results = new BulkResult?[operations.Count];
        var byBulkId = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < operations.Count; index++)
        {
            if (operations[index].BulkId is { } bulkId)
            {
                byBulkId.TryAdd(bulkId, index);
            }
        }

        ByBulkId = byBulkId;
    }

    private BulkRun(BulkRun other)
    {
        (Operations, FailOnErrors, ByBulkId, Next, Errors) = (other.Operations, other.FailOnErrors, other.ByBulkId, other.Next, other.Errors);
        Results = [.. other.Results];
        Circle = other.Circle.Copy();
        Ids = new Dictionary<string, string>(other.Ids, StringComparer.Ordinal);
    }

    public IReadOnlyList<BulkOperation> Operations { get; }

    /// <summary>Errors after which the run ends.</summary>
    public int FailOnErrors { get; }

    /// <summary>The operation that has a name.</summary>
    public IReadOnlyDictionary<string, int> ByBulkId { get; }

    /// <summary>By operation; null for those that were not done.</summary>
    public BulkResult?[] Results { get; }

    /// <summary>The ids that names stand for by now.</summary>
    public Dictionary<string, string> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>What is known of operations that refer to each other.</summary>
    public BulkCircle Circle { get; } = new();

    /// <summary>The operation that is looked at next.</summary>
    public int Next { get; set; }

    public int Errors { get; private set; }

    public bool HasEnded => Next >= Operations.Count || Errors >= FailOnErrors;

    public BulkRun Copy() => new(this);

    /// <summary>Ends the run with a fault of the storage, which those of the next operations have that are not done.</summary>
    public void End(int operations, ScimException fault)
    {
        for (var index = Next; index < Math.Min(Next + operations, Operations.Count); index++)
        {
            if (Results[index] is null)
            {
                Note(index, BulkResult.Failed(Operations[index], fault));
            }
        }

        Next = Operations.Count;
    }

    /// <summary>Notes what became of an operation, in the place of what was noted before.</summary>
    public void Note(int index, BulkResult result)
    {
        Errors += (result.Error is null ? 0 : 1) - (Results[index]?.Error is null ? 0 : 1);
        Results[index] = result;
        if (Operations[index].BulkId is { } bulkId && ByBulkId[bulkId] == index)
        {
            if (result.Error is null && result.Location is { } location)
            {
                Ids[bulkId] = location[(location.LastIndexOf('/') + 1)..];
            }
            else
            {
                Ids.Remove(bulkId);
            }
        }
    }
}
