using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Hands the handler of a command to the unit of work, which runs it all or nothing. Queries open no transaction.</summary>
public sealed class TransactionBehavior<TMessage, TResponse>(UnitOfWork unitOfWork, AuditTrail trail, CurrentOrganization organization, EventSignal signal) : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IBaseCommand
{
    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        var response = await RunAsync(message, next, cancellationToken);
        if (trail.TakeWritten() && organization.IsSet)
        {
            signal.Tell(organization.Id);
        }

        return response;
    }

    private ValueTask<TResponse> RunAsync(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        var written = trail.Written;
        return message is IComposed ? next(message, cancellationToken)
            : message is IPrepared
            ? unitOfWork.PrepareAsync(AttemptAsync, cancellationToken)
            : unitOfWork.RunAsync(AttemptAsync, cancellationToken);

        ValueTask<TResponse> AttemptAsync(CancellationToken token)
        {
            trail.Restart(written);
            return next(message, token);
        }
    }
}
