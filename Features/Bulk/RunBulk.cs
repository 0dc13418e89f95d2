using System.Text.Json;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Bulk;

/// <summary>
/// POST /Bulk: many operations in one request, each through the slice that a request of its own would take, each all or nothing. RFC 7644 §3.7.
/// </summary>
public static class RunBulk
{
    private const string RequestUrn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    private const string ResponseUrn = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

    public static Command From(ScimRequest request)
    {
        var body = request.Body;
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ScimException.InvalidSyntax("A Bulk request is a JSON object.");
        }

        MessageSchemas.Require(body, RequestUrn);
        if (MessageSchemas.Member(body, "Operations") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            throw ScimException.InvalidSyntax("Operations must be an array with at least one operation.");
        }

        if (list.GetArrayLength() > request.Limits.MaxBulkOperations)
        {
            throw ScimException.PayloadTooLarge($"A Bulk request may hold {request.Limits.MaxBulkOperations} operations (maxOperations). Send the rest in another request.");
        }

        var operations = list.EnumerateArray().Select(json => BulkOperation.Read(json, request.Urls)).ToArray();
        var names = operations.Select(operation => operation.BulkId).OfType<string>().ToArray();
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } repeated)
        {
            throw ScimException.InvalidSyntax($"The bulkId '{Excerpt.Of(repeated.Key)}' is given to {repeated.Count()} operations.");
        }

        return new Command(request) { Run = new BulkRun(operations, ReadFailOnErrors(body)) };
    }

    /// <summary>Absent, and what is no limit at all, is no limit.</summary>
    private static int ReadFailOnErrors(JsonElement body) => MessageSchemas.Member(body, "failOnErrors") switch
    {
        null or { ValueKind: JsonValueKind.Null } => int.MaxValue,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number is > 0 and < int.MaxValue ? (int)number : int.MaxValue,
        _ => throw ScimException.InvalidSyntax("failOnErrors must be an integer."),
    };

    public sealed record Command(ScimRequest Request) : ICommand<ScimResponse>, IComposed
    {
        internal BulkRun Run { get; init; } = null!;

        public int Parts => Run.Operations.Count;
    }

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Run.Operations.Count).InclusiveBetween(1, ScimLimits.Ceiling.MaxBulkOperations);
    }

    internal sealed class Handler(UnitOfWork unitOfWork, StorageSession storage, CurrentOrganization organization, OperationTable table, DeferredProgress progress, AuditTrail trail, ISender sender)
        : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            var batch = new BulkBatch(table, sender, unitOfWork, storage, organization, trail, command.Request);
            var run = BulkProgress.Resume(command.Run, progress.Before);
            while (!run.HasEnded)
            {
                var before = run;
                try
                {
                    run = await unitOfWork.RunAsync(token => RunAsync(batch, before, token), cancellationToken);
                    if (progress.IsSet)
                    {
                        // At once: somebody else may do the rest.
                        Note(batch, BulkProgress.Between(before, run).Select(pair => pair.Result));
                        progress.Committed(run.HasEnded);
                    }
                }
                catch (ScimException refused) when (before.Next > 0 && !progress.IsSet)
                {
                    // What was committed must be told, whatever became of the rest; that is not done, or nobody knows.
                    run = before.Copy();
                    run.End(BulkBatch.Size, refused);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && before.Next > 0 && !progress.IsSet)
                {
                    run = before.Copy();
                    run.End(BulkBatch.Size, ScimException.OutOfTime());
                }
            }

            if (!progress.IsSet)
            {
                Note(batch, run.Results.OfType<BulkResult>());
            }

            return new ScimResponse.Document((writer, urls) =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("schemas");
                writer.WriteStringValue(ResponseUrn);
                writer.WriteEndArray();
                writer.WriteStartArray("Operations");
                foreach (var result in run.Results)
                {
                    result?.WriteTo(writer, urls, trail.RequestId);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            });
        }

        /// <summary>Has the log tell of operations that changed nothing.</summary>
        private void Note(BulkBatch batch, IEnumerable<BulkResult> results)
        {
            foreach (var result in results)
            {
                var note = result.Note ?? batch.NoteOf(result.Operation, isBegun: false);
                if (result.Error is { } error)
                {
                    trail.Refused(note, error.Status, error.ScimType, error.Marked);
                }
                else if (!result.Changed)
                {
                    trail.Unchanged(note, result.Status);
                }
            }
        }

        /// <summary>Runs a batch; where nobody waits for the answer, what became of it is noted with it.</summary>
        private async ValueTask<BulkRun> RunAsync(BulkBatch batch, BulkRun before, CancellationToken cancellationToken)
        {
            var run = await batch.RunAsync(before.Copy(), cancellationToken);
            if (progress.IsSet)
            {
                await progress.SaveAsync(storage, [.. BulkProgress.Between(before, run).Select(pair => BulkProgress.Keep(pair.Index, pair.Result, table, trail))], run.HasEnded);
            }

            return run;
        }
    }
}
