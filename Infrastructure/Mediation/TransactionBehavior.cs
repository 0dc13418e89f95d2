using Mediator;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Hands the handler of a command to the unit of work, which runs it all or nothing. Queries open no transaction.</summary>
public sealed class TransactionBehavior<TMessage, TResponse>(UnitOfWork unitOfWork) : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IBaseCommand
{
    public ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken) =>
        message is IComposed ? next(message, cancellationToken)
            : message is IPrepared
            ? unitOfWork.PrepareAsync(token => next(message, token), cancellationToken)
            : unitOfWork.RunAsync(token => next(message, token), cancellationToken);
}
