using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Bulk;

/// <summary>
/// Some operations of a Bulk request, in one unit of work with a part for each: one flush serves them all, and others have their turn between
/// two batches. An operation that refers to what a later one makes has that one done before it; those that refer to each other are made
/// without the reference that closes the circle, which is added then.
/// </summary>
internal sealed class BulkBatch(
    OperationTable table, ISender sender, UnitOfWork unitOfWork, StorageSession storage, CurrentOrganization organization, AuditTrail trail, ScimRequest request)
{
    /// <summary>Operations of one unit of work, with those they refer to.</summary>
    public const int Size = 100;

    /// <summary>How long a unit of work takes others their turn to write, before it ends at the next operation.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>Nobody reads the users that the operations answer with.</summary>
    private static readonly Dictionary<string, IReadOnlyList<string>> WithoutGroups = new(StringComparer.OrdinalIgnoreCase) { ["excludedAttributes"] = [GroupsOfUsers.Name] };

    private static readonly Dictionary<string, IReadOnlyList<string>> Nothing = [];

    /// <summary>What the log tells of an operation: of its path an id of ours, and nothing else that a client may have written there.</summary>
    public RequestNote NoteOf(BulkOperation operation, bool isBegun = true)
    {
        var id = operation.Id is null ? "" : ResourceId.IsId(operation.Id) ? $"/{operation.Id}" : "/{id}";
        return new RequestNote(operation.Method ?? "", $"/Bulk{table.Endpoint(operation.Endpoint)}{id}") { IsBegun = isBegun, Quirks = new QuirkUse(request.Quirks.Strict, request.Quirks) };
    }

    public async ValueTask<BulkRun> RunAsync(BulkRun run, CancellationToken cancellationToken)
    {
        var end = run.Next + Size;
        await LockAsync(run, end);
        var start = Stopwatch.GetTimestamp();
        for (; run.Next < end && !run.HasEnded && Stopwatch.GetElapsedTime(start) < Longest; run.Next++)
        {
            var operation = run.Operations[run.Next];
            if (run.Results[run.Next] is not null || HasFailed(run, run.Next))
            {
                continue;
            }

            if (run.Circle.Dropped(run.Next) is not null || operation.References.Any(name => run.Results[run.ByBulkId[name]] is null))
            {
                run = await RunWithReferencesAsync(run, run.Next, cancellationToken);
            }
            else
            {
                run.Note(run.Next, await TryAsync(run, operation, cancellationToken));
            }
        }

        return run;
    }

    /// <summary>
    /// Takes the rows that the paths name in one order, groups first, as every operation does: clients whose Bulk requests touch the same
    /// groups would else wait for each other in circles.
    /// </summary>
    private async Task LockAsync(BulkRun run, int end)
    {
        if (storage.Dialect.Locking("g").Length == 0)
        {
            return;
        }

        var named = run.Operations.Take(end).Skip(run.Next).Where(operation => operation is { Creates: false, Id: not null, Fault: null }).ToLookup(operation => operation.Endpoint.ToUpperInvariant(), operation => operation.Id!);
        var groups = new { organizationId = organization.Id, ids = JsonSerializer.Serialize(named["/GROUPS"]) };
        await storage.Connection.ExecuteAsync(
            $"select 1 from groups g where g.organization_id = @organizationId and {storage.Dialect.IsAmong("g.id", "@ids")} order by g.id{storage.Dialect.Locking("g")}", groups);
        var users = new { organizationId = organization.Id, ids = JsonSerializer.Serialize(named["/USERS"]) };
        await storage.Connection.ExecuteAsync(
            $"select 1 from users u where u.organization_id = @organizationId and {storage.Dialect.IsAmong("u.id", "@ids")} order by u.id{storage.Dialect.Locking("u")}", users);
    }

    /// <summary>
    /// Runs an operation with those that it refers to and that are not done. Where a circle cannot be closed, all of it is undone and done
    /// again without the operation that cannot be.
    /// </summary>
    private async ValueTask<BulkRun> RunWithReferencesAsync(BulkRun run, int first, CancellationToken cancellationToken)
    {
        while (true)
        {
            var attempt = run.Copy();
            try
            {
                return await unitOfWork.RunAsync(
                    async token =>
                    {
                        await RunAllAsync(attempt, first, token);
                        return attempt;
                    },
                    cancellationToken);
            }
            catch (BrokenLinkException broken)
            {
                run.Circle.Note(run, broken.Index, broken.Circle, broken.Fault);
            }
        }
    }

    /// <summary>Before an operation those that it refers to, and so on: on a stack of our own, whose depth the client decides.</summary>
    private async ValueTask RunAllAsync(BulkRun run, int first, CancellationToken cancellationToken)
    {
        var links = new SortedDictionary<int, (JsonElement Patch, HashSet<int> Circle)>();
        var stack = new List<int> { first };
        foreach (var (index, fault) in run.Circle.Faults)
        {
            run.Note(index, BulkResult.Failed(run.Operations[index], fault));
        }

        while (stack.Count > 0 && run.Errors < run.FailOnErrors)
        {
            var index = stack[^1];
            var operation = run.Operations[index];
            var dropped = run.Circle.Dropped(index);
            var (cut, closed, next) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<int>(), -1);
            foreach (var name in operation.References.Where(name => dropped?.Contains(name) != true))
            {
                var other = run.ByBulkId[name];
                if (run.Results[other] is null && stack.IndexOf(other) is var place and >= 0)
                {
                    cut.Add(name);
                    closed.UnionWith(stack[place..]);
                }
                else if (run.Results[other] is null && !HasFailed(run, other))
                {
                    next = other;
                    break;
                }
            }

            if (next >= 0)
            {
                stack.Add(next);
                continue;
            }

            if (run.Results[index] is null)
            {
                var (made, patch) = await MakeAsync(run, operation, dropped, cut, cancellationToken);
                run.Note(index, made);
                if (made.Error is null && patch is { } missing)
                {
                    links[index] = (missing, closed);
                }
            }

            stack.RemoveAt(stack.Count - 1);
        }

        foreach (var (index, (patch, closed)) in links)
        {
            run.Note(index, await LinkAsync(run, index, patch, closed, cancellationToken));
        }
    }

    /// <summary>Runs one operation without the references that are left out, and returns what adds those that are only put off.</summary>
    private async ValueTask<(BulkResult Result, JsonElement? Patch)> MakeAsync(
        BulkRun run, BulkOperation operation, IReadOnlySet<string>? dropped, HashSet<string> cut, CancellationToken cancellationToken)
    {
        if (cut.Count == 0 && dropped is null)
        {
            return (await TryAsync(run, operation, cancellationToken), null);
        }

        if (!operation.Creates || operation.Data.ValueKind != JsonValueKind.Object || !string.IsNullOrEmpty(operation.Id))
        {
            return (BulkResult.Failed(operation, ScimException.Conflict("The operation refers to one that refers to it, and makes no resource.")), null);
        }

        var data = dropped is null ? operation.Data : BulkLink.Cut(operation.Data, dropped).Data;
        var (rest, patch) = BulkLink.Cut(data, cut);
        var whole = operation with { Data = rest, References = operation.References.Where(name => !cut.Contains(name) && dropped?.Contains(name) != true).ToHashSet(StringComparer.Ordinal) };
        return (await TryAsync(run, whole, cancellationToken), cut.Count > 0 ? patch : null);
    }

    private async ValueTask<BulkResult> TryAsync(BulkRun run, BulkOperation operation, CancellationToken cancellationToken)
    {
        var whole = operation.With(run.Ids);
        var note = NoteOf(whole);
        try
        {
            RefuseFailed(run, operation);
            return await SendAsync(whole, note, cancellationToken);
        }
        catch (ScimException refused)
        {
            note.Stop();
            return BulkResult.Failed(whole, refused.IsCircular ? ScimException.Conflict(refused.Marked) : refused) with { Note = note };
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
    private static void RefuseFailed(BulkRun run, BulkOperation operation)
    {
        if (operation.References.FirstOrDefault(name => !run.Ids.ContainsKey(name)) is { } failed)
        {
            throw ScimException.Conflict($"The operation with the bulkId '{Excerpt.Of(failed)}', to which this one refers, failed.");
        }
    }

    /// <summary>Sends one operation as if it were a request, of which the records of its changes tell.</summary>
    private async ValueTask<BulkResult> SendAsync(BulkOperation operation, RequestNote note, CancellationToken cancellationToken)
    {
        var (outer, before) = (trail.Request, trail.Written);
        trail.Request = note;
        try
        {
            var result = await AnswerAsync(operation, note.Quirks ?? request.Quirks, cancellationToken);
            note.Stop();
            return result with { Note = note, Changed = trail.Written > before };
        }
        finally
        {
            trail.Request = outer;
        }
    }

    private async ValueTask<BulkResult> AnswerAsync(BulkOperation operation, QuirkUse quirks, CancellationToken cancellationToken)
    {
        var endpoint = table.Endpoint(operation.Endpoint) ?? throw ScimException.NotFound($"Bulk serves no '{Excerpt.Of(operation.Endpoint)}'.");
        var named = !string.IsNullOrEmpty(operation.Id);
        var run = operation.Method is null ? null : table.Find(operation.Method, endpoint, named);
        if (run is null)
        {
            throw ScimException.MethodNotAllowed($"{Excerpt.Of(operation.Method ?? "An operation without a method")} is not served at '{endpoint}{(named ? "/{id}" : "")}' in Bulk.");
        }

        if (operation is { Creates: true, BulkId: null } && !quirks.Allows(Quirk.BulkWithoutId))
        {
            throw ScimException.InvalidValue("bulkId: is required for POST.");
        }

        var answer = await run(
            sender,
            new ScimRequest
            {
                Schemas = request.Schemas,
                Quirks = quirks,
                Limits = request.Limits,
                Urls = request.Urls,
                Id = operation.Id ?? "",
                Query = endpoint == "/Users" ? WithoutGroups : Nothing,
                Body = operation.Data,
                IfMatch = operation.Version,
            },
            cancellationToken);
        return new BulkResult(operation, answer.Status, answer.Stamp?.Location ?? $"{endpoint}/{operation.Id}", answer.Stamp?.Tag, null);
    }

    /// <summary>Adds what was put off. Throws where that cannot be, as with groups in each other.</summary>
    private async ValueTask<BulkResult> LinkAsync(BulkRun run, int index, JsonElement patch, HashSet<int> circle, CancellationToken cancellationToken)
    {
        var made = run.Results[index]!;
        var place = made.Location!.LastIndexOf('/');
        var names = new HashSet<string>(StringComparer.Ordinal);
        BulkReferences.Collect(patch, names);
        var change = new BulkOperation("PATCH", made.Location[..place], made.Location[(place + 1)..], null, null, patch, names, null);
        try
        {
            RefuseFailed(run, change);
            var whole = change.With(run.Ids);
            return made with { Version = (await SendAsync(whole, NoteOf(whole), cancellationToken)).Version };
        }
        catch (ScimException refused)
        {
            throw new BrokenLinkException(index, circle, refused);
        }
    }
}
