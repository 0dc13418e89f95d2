using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Outbound;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary><c>trust create ORG</c>: makes an OAuth client that is known by assertions that its identity provider signs. RFC 7523 §3.</summary>
public static class CreateTrust
{
    /// <param name="IsReusable">Whether an assertion may be shown again until it expires.</param>
    public sealed record Command(string Organization, string Name, Trust Trust, TokenScope Scope, bool IsReusable = false) : ICommand<ClientRow>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator(OutboundClient outbound)
        {
            RuleFor(command => command.Name).Must(OrganizationName.IsValid).WithMessage($"A trust's name {OrganizationName.Rule}.");
            RuleFor(command => command.Trust).Custom((trust, context) =>
            {
                if ((trust.Fault() ?? outbound.Fault(new Uri(trust.JwksUri))) is { } fault)
                {
                    context.AddFailure(fault);
                }
            });
        }
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ClientRow>
    {
        public async ValueTask<ClientRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var now = clock.GetUtcNow();
            var client = new ClientRow
            {
                OrganizationId = organization.Id,
                Id = ResourceId.Create(now),
                Name = command.Name,
                Scope = command.Scope == TokenScope.Read ? "read" : "write",
                Issuer = command.Trust.Issuer,
                JwksUri = command.Trust.JwksUri,
                Subject = command.Trust.Subject,
                Audience = command.Trust.Audience,
                Reusable = command.IsReusable ? 1 : 0,
                CreatedAt = DateTimeValue.Format(now),
            };
            await ClientTable.InsertAsync(storage, client);
            trail.Changed(organization.Id, "Client", client.Id);
            return client;
        }
    }
}
