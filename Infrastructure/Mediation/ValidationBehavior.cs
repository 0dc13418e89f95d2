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
    public ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        var result = validator.Validate(message);
        return result.IsValid
            ? next(message, cancellationToken)
            : throw ScimException.InvalidValue(string.Join(" ", result.Errors.Select(error => error.ErrorMessage)));
    }
}
