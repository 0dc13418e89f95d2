using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Deferred;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Deferred;

/// <summary>When a client prefers to be answered before the work is done (RFC 7240 §4.1, RFC 9967 §2.5.1): keeps its request, which is carried out later.</summary>
public static class AddRequest
{
    public static Command From(DeferredCall call) => new(call);

    /// <summary>Answers whether there was room for it.</summary>
    public sealed record Command(DeferredCall Call) : ICommand<bool>;

    /// <summary>The request was checked as one of its own.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, bool>
    {
        public async ValueTask<bool> Handle(Command command, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            if (!await DeferredTable.TryAddAsync(storage, organization.Id, trail.RequestId, command.Call, DateTimeValue.Format(now)))
            {
                return false;
            }

            // What became of it is told in a token.
            await IssuerKeyTable.EnsureAsync(storage, organization.Id, now);
            return true;
        }
    }
}
