using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Deferred;

/// <summary>When a request waits that was accepted for later: carries it out through the slice that it names, and notes what became of it, in one unit of work.</summary>
public static class RunRequest
{
    public static Command From(DeferredRow row, ScimRequest request, ScimException? refusal) => new(row, request, refusal);

    /// <param name="Row">The request, which is held.</param>
    /// <param name="Request">The same as its slice reads it.</param>
    /// <param name="Refusal">Why it is not to be carried out; null where it is.</param>
    public sealed record Command(DeferredRow Row, ScimRequest Request, ScimException? Refusal) : ICommand<bool>, IComposed
    {
        public int Parts => 1;
    }

    /// <summary>The request was checked when it came.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(
        UnitOfWork unitOfWork, StorageSession storage, DeferredOperations operations, DeferredProgress progress, AuditTrail trail, ISender sender) : ICommandHandler<Command, bool>
    {
        public async ValueTask<bool> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = command.Row;
            progress.Begin(row, await DeferredTable.ResultsAsync(storage, row.OrganizationId, row.Id));
            await (!row.IsBulk ? RunOneAsync(command, cancellationToken)
                : command.Refusal is { } refusal ? RefuseManyAsync(command, refusal, cancellationToken) : RunManyAsync(command, cancellationToken));
            return true;
        }

        /// <summary>Its operations note themselves what becomes of them.</summary>
        private async Task RunManyAsync(Command command, CancellationToken cancellationToken)
        {
            try
            {
                await SendAsync(command, cancellationToken);
            }
            catch (ScimException refused) when (refused.RetryAfter is null)
            {
                await RefuseManyAsync(command, refused, cancellationToken);
            }
        }

        /// <summary>Each operation of which it was not told what became is told the same.</summary>
        private async Task RefuseManyAsync(Command command, ScimException refusal, CancellationToken cancellationToken)
        {
            var told = (await DeferredTable.ResultsAsync(storage, command.Row.OrganizationId, command.Row.Id)).Select(result => result.Number).ToHashSet();
            var results = DeferredOperation.Of(command.Row).Select((operation, number) => (operation, number)).Where(pair => !told.Contains(pair.number)).Select(pair => new DeferredResult(
                pair.number, Keep(pair.operation, null, refusal, refusal.Detail, isTold: false), Keep(pair.operation, null, refusal, trail.Redacted(refusal.Marked), isTold: true))).ToArray();
            await unitOfWork.RunAsync(
                async _ =>
                {
                    await progress.SaveAsync(storage, results, isLast: true);
                    return true;
                },
                cancellationToken);
            progress.Committed(isLast: true);
            Note(null, refusal);
        }

        private async Task RunOneAsync(Command command, CancellationToken cancellationToken)
        {
            var written = trail.Written;
            var (status, refusal) = await unitOfWork.RunAsync(
                async token =>
                {
                    trail.Restart(written);
                    var (answer, refused) = await TryAsync(command, token);
                    var operation = new DeferredOperation(command.Row.Method, command.Row.Endpoint, command.Row.ResourceId, null);
                    var told = Keep(operation, answer, refused, refused is null ? null : trail.Redacted(refused.Marked), isTold: true);
                    await progress.SaveAsync(storage, [new DeferredResult(0, Keep(operation, answer, refused, refused?.Detail, isTold: false), told)], isLast: true);
                    return (answer?.Status, refused);
                },
                cancellationToken);
            progress.Committed(isLast: true);
            Note(status, refusal);
        }

        private async Task<(ScimResponse? Answer, ScimException? Refused)> TryAsync(Command command, CancellationToken cancellationToken)
        {
            if (command.Refusal is not null)
            {
                return (null, command.Refusal);
            }

            try
            {
                return (await SendAsync(command, cancellationToken), null);
            }
            catch (ScimException refused) when (refused.RetryAfter is null)
            {
                return (null, refused);
            }
        }

        private ValueTask<ScimResponse> SendAsync(Command command, CancellationToken cancellationToken) =>
            (operations.Find(command.Row) ?? throw ScimException.NotFound("This operation is not served any more."))(sender, command.Request, cancellationToken);

        private void Note(int? status, ScimException? refusal)
        {
            if (trail.Request is not { } note)
            {
                return;
            }

            note.Stop();
            if (refusal is not null)
            {
                trail.Refused(note, refusal.Status, refusal.ScimType, refusal.Marked);
            }
            else if (trail.Written == 0)
            {
                trail.Unchanged(note, status ?? 200);
            }
        }

        private string Keep(DeferredOperation operation, ScimResponse? answer, ScimException? refused, string? detail, bool isTold)
        {
            var made = refused is null && answer?.Stamp?.Location is { } location ? location[(location.LastIndexOf('/') + 1)..] : operation.ResourceId;
            return CompletedOperation.Keep(
                operations.Endpoint(operation.Endpoint),
                made,
                operation.Method,
                refused?.Status ?? answer!.Status,
                answer?.Stamp?.Tag,
                operation.BulkId,
                refused is null ? null : json => ScimException.Write(json, refused.Status, refused.ScimType, ScimException.WithRequest(detail ?? "", trail.RequestId)),
                isTold);
        }
    }
}
