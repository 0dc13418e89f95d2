using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>token create ORG</c>: issues a bearer token. Several may be live, so that one can be rotated without an outage.</summary>
public static class IssueToken
{
    public sealed record Command(string Organization, string Name, TokenScope Scope, TimeSpan? Lifetime) : ICommand<IssuedToken>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(command => command.Name).Must(OrganizationName.IsValid).WithMessage($"A token's name {OrganizationName.Rule}.");
            RuleFor(command => command.Lifetime).Must(lifetime => lifetime is null || lifetime > TimeSpan.Zero).WithMessage("A token expires in the future.");
        }
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, IssuedToken>
    {
        public async ValueTask<IssuedToken> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var now = clock.GetUtcNow();
            var secret = BearerToken.Create();
            var token = await TokenRow.InsertAsync(storage, organization.Id, command.Name, command.Scope, secret, now, now + command.Lifetime);
            trail.Changed(organization.Id, "Token", token!.Id);
            return new IssuedToken(organization, token, secret);
        }
    }
}
