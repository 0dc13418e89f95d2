using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Mediation;

/// <summary>
/// Refuses a message that its validator finds invalid. It takes exactly one validator, so that a message without one cannot be
/// sent (the start checks all).
/// </summary>
public sealed class ValidationBehavior<TMessage, TResponse>(IValidator<TMessage> validator) : IPipelineBehavior<TMessage, TResponse>
    where TMessage : IMessage
{
    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        var result = await validator.ValidateAsync(message, cancellationToken);
        return result.IsValid
            ? await next(message, cancellationToken)
            : throw ScimException.InvalidValue(string.Join(" ", result.Errors.Select(error => error.ErrorMessage)));
    }
}
