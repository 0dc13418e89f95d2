using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>Records what a command changed, in the transaction that changes it.</summary>
public sealed class AuditBehavior<TMessage, TResponse>(AuditTrail trail, StorageSession storage) : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IBaseCommand
{
    private static readonly string Operation = typeof(TMessage).DeclaringType?.Name ?? typeof(TMessage).Name;

    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        try
        {
            var response = await next(message, cancellationToken);
            await trail.WriteAsync(storage, Operation, (response as ScimResponse)?.Status);
            return response;
        }
        finally
        {
            // What was noted and then refused is undone, and whoever writes next must not take it for theirs.
            trail.Forget();
        }
    }
}
