using Mediator;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Tries a query again after a transient fault of the storage, and answers 503 where it lasts.</summary>
public sealed class ReadRetryBehavior<TMessage, TResponse>(UnitOfWork unitOfWork) : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IBaseQuery
{
    public ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken) =>
        message is ISnapshotQuery
            ? unitOfWork.ReadSnapshotAsync(token => next(message, token), cancellationToken)
            : unitOfWork.ReadAsync(token => next(message, token), cancellationToken);
}
