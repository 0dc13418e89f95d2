using System.Text.Json;
using Mediator;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Features.Bulk;

/// <summary>
/// Some operations of a Bulk request, in one unit of work with a part for each: one flush serves them all, and others have their turn between
/// two batches. An operation that refers to what a later one makes has that one done before it; two that refer to each other are both made
/// without the reference, which is added then.
/// </summary>
internal sealed class BulkBatch(OperationTable table, ISender sender, ScimRequest request)
{
    /// <summary>Operations of one unit of work, with those they refer to.</summary>
    private const int Size = 100;

    public async ValueTask<BulkRun> RunAsync(BulkRun run, CancellationToken cancellationToken)
    {
        for (var end = run.Next + Size; run.Next < end && !run.HasEnded; run.Next++)
        {
            if (run.Results[run.Next] is null && !HasFailed(run, run.Next))
            {
                await RunWithReferencesAsync(run, run.Next, cancellationToken);
            }
        }

        return run;
    }

    /// <summary>Runs an operation, before it those that it refers to, and so on: on a stack of our own, whose depth the client decides.</summary>
    private async ValueTask RunWithReferencesAsync(BulkRun run, int first, CancellationToken cancellationToken)
    {
        var links = new SortedDictionary<int, JsonElement>();
        var stack = new Stack<int>([first]);
        var open = new HashSet<int> { first };
        var cut = new Dictionary<int, HashSet<string>>();
        while (stack.TryPeek(out var index) && run.Errors < run.FailOnErrors)
        {
            var operation = run.Operations[index];
            var next = -1;
            foreach (var name in operation.References)
            {
                if (run.ByBulkId.TryGetValue(name, out var other) && run.Results[other] is null)
                {
                    if (open.Contains(other))
                    {
                        (cut.TryGetValue(index, out var names) ? names : cut[index] = []).Add(name);
                    }
                    else
                    {
                        next = other;
                        break;
                    }
                }
            }

            if (next >= 0)
            {
                if (!HasFailed(run, next))
                {
                    open.Add(next);
                    stack.Push(next);
                }

                continue;
            }

            run.Note(index, await RunAsync(run, index, cut.GetValueOrDefault(index), links, cancellationToken));
            stack.Pop();
            open.Remove(index);
        }

        foreach (var (index, patch) in links)
        {
            if (run.Results[index] is { Error: null } made)
            {
                run.Note(index, await LinkAsync(run, made, patch, cancellationToken));
            }
        }
    }

    /// <summary>Runs one operation whose references are known, but for those that are cut off.</summary>
    private async ValueTask<BulkResult> RunAsync(BulkRun run, int index, HashSet<string>? cut, SortedDictionary<int, JsonElement> links, CancellationToken cancellationToken)
    {
        var operation = run.Operations[index];
        try
        {
            RefuseFailed(run, operation, cut);
            if (cut is not null)
            {
                if (!operation.Creates || operation.Data.ValueKind != JsonValueKind.Object || (operation.Id is not null && operation.Id.Length > 0))
                {
                    throw ScimException.Conflict("The operation refers to one that refers to it, and makes no resource.");
                }

                (var data, links[index]) = BulkLink.Cut(operation.Data, cut);
                operation = operation with { Data = data };
            }

            return await SendAsync(operation.With(run.Ids), cancellationToken);
        }
        catch (ScimException refused)
        {
            return BulkResult.Failed(operation.With(run.Ids), refused);
        }
    }

    /// <summary>Whether an operation cannot be done, whatever becomes of the others: it cannot be read, or refers to nothing.</summary>
    private static bool HasFailed(BulkRun run, int index)
    {
        var operation = run.Operations[index];
        var unknown = operation.References.FirstOrDefault(name => !run.ByBulkId.ContainsKey(name));
        var fault = operation.Fault
            ?? (unknown is null ? null : ScimException.InvalidValue($"No operation of this request has the bulkId '{Excerpt.Of(unknown)}'."));
        if (fault is not null)
        {
            run.Note(index, BulkResult.Failed(operation, fault));
        }

        return fault is not null;
    }

    /// <summary>Throws 409 for a name whose operation failed.</summary>
    private static void RefuseFailed(BulkRun run, BulkOperation operation, HashSet<string>? cut)
    {
        foreach (var name in operation.References)
        {
            if (!run.Ids.ContainsKey(name) && cut?.Contains(name) != true)
            {
                throw ScimException.Conflict($"The operation with the bulkId '{Excerpt.Of(name)}', to which this one refers, failed.");
            }
        }
    }

    private async ValueTask<BulkResult> SendAsync(BulkOperation operation, CancellationToken cancellationToken)
    {
        var endpoint = table.Endpoint(operation.Endpoint) ?? throw ScimException.NotFound($"Bulk serves no '{Excerpt.Of(operation.Endpoint)}'.");
        var named = !string.IsNullOrEmpty(operation.Id);
        var run = operation.Method is null ? null : table.Find(operation.Method, endpoint, named);
        if (run is null)
        {
            throw ScimException.MethodNotAllowed($"{Excerpt.Of(operation.Method ?? "An operation without a method")} is not served at '{endpoint}{(named ? "/{id}" : "")}' in Bulk.");
        }

        if (operation is { Creates: true, BulkId: null } && !request.Quirks.Allows(Quirk.BulkWithoutId))
        {
            throw ScimException.InvalidValue("bulkId: is required for POST.");
        }

        var answer = await run(
            sender,
            new ScimRequest
            {
                Schemas = request.Schemas,
                Quirks = request.Quirks,
                Urls = request.Urls,
                Id = operation.Id ?? "",
                Body = operation.Data,
                IfMatch = operation.Version,
            },
            cancellationToken);
        return new BulkResult(operation, answer.Status, answer.Stamp?.Location ?? $"{endpoint}/{operation.Id}", answer.Stamp?.Tag, null);
    }

    /// <summary>
    /// Adds what was cut off. Where that cannot be, as with a group that would come to be in itself, the operation fails as a whole: what it
    /// made goes again.
    /// </summary>
    private async ValueTask<BulkResult> LinkAsync(BulkRun run, BulkResult made, JsonElement patch, CancellationToken cancellationToken)
    {
        var place = made.Location!.LastIndexOf('/');
        var change = new BulkOperation("PATCH", made.Location[..place], made.Location[(place + 1)..], null, null, patch, new HashSet<string>(), null);
        try
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            BulkReferences.Collect(patch, names);
            RefuseFailed(run, change with { References = names }, null);
            var linked = await SendAsync((change with { References = names }).With(run.Ids), cancellationToken);
            return made with { Version = linked.Version };
        }
        catch (ScimException refused)
        {
            await SendAsync(change with { Method = "DELETE", Data = default }, cancellationToken);
            return BulkResult.Failed(made.Operation, ScimException.Conflict($"A circular reference cannot be made: {refused.Detail}"));
        }
    }
}
