using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org create NAME</c>: creates an organization with the shipped rules.</summary>
public static class CreateOrganization
{
    public sealed record Command(string Name) : ICommand<OrganizationRow>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(command => command.Name).Must(OrganizationName.IsValid).WithMessage($"An organization's name {OrganizationName.Rule}.");
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, OrganizationRow>
    {
        public async ValueTask<OrganizationRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.InsertAsync(storage, command.Name, clock.GetUtcNow())
                ?? throw ScimException.Conflict($"There is an organization '{command.Name}' already; choose another name.");
            trail.Changed(row.Id, "Organization", row.Id);
            return row;
        }
    }
}
