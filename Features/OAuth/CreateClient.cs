using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary><c>client create ORG</c>: makes an OAuth client with its first secret, which is shown this once. RFC 6749 §2.</summary>
public static class CreateClient
{
    public sealed record Command(string Organization, string Name, TokenScope Scope, TimeSpan Lifetime) : ICommand<IssuedSecret>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(command => command.Name).Must(OrganizationName.IsValid).WithMessage($"A client's name {OrganizationName.Rule}.");
            RuleFor(command => command.Lifetime).Must(lifetime => lifetime > TimeSpan.Zero).WithMessage("A secret expires in the future.");
        }
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, IssuedSecret>
    {
        public async ValueTask<IssuedSecret> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var now = clock.GetUtcNow();
            var client = new ClientRow
            {
                OrganizationId = organization.Id,
                Id = ResourceId.Create(now),
                Name = command.Name,
                Scope = command.Scope == TokenScope.Read ? "read" : "write",
                CreatedAt = DateTimeValue.Format(now),
            };
            await ClientTable.InsertAsync(storage, client);
            var (row, secret) = await ClientTable.InsertSecretAsync(storage, organization.Id, client.Id, now, now + command.Lifetime);
            trail.Changed(organization.Id, "Client", client.Id);
            return new IssuedSecret(organization, client, row, secret);
        }
    }
}
