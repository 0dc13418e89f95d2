using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.SecurityEvents;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Webhooks;

/// <summary><c>webhook rotate-key ORG</c>: lets a new key sign an organization's security event tokens; those before it stay in the key set while tokens of theirs may be about.</summary>
public static class RotateSigningKey
{
    /// <param name="Overlap">How long the former keys are told, too; 0 for no longer: tokens that they signed cannot be verified then.</param>
    public sealed record Command(string Organization, TimeSpan Overlap) : ICommand<Result>;

    public sealed record Result(OrganizationRow Organization, IssuerKey Key);

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Overlap).GreaterThanOrEqualTo(TimeSpan.Zero).WithMessage("Keys overlap for some time, or for 0s.");
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, Result>
    {
        public async ValueTask<Result> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            organization = await OrganizationRow.FindLockedAsync(storage, organization.Id);
            var key = await IssuerKeyTable.RotateAsync(storage, organization.Id, clock.GetUtcNow(), command.Overlap);
            trail.Changed(organization.Id, "SigningKey", key.Id);
            return new Result(organization, key);
        }
    }
}
