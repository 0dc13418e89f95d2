using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary><c>client add-secret ORG CLIENT_ID</c>: gives a client a further secret, so that one can be changed without an outage.</summary>
public static class AddClientSecret
{
    /// <summary>Live secrets of one client.</summary>
    public const int MaxLive = 10;

    public sealed record Command(string Organization, string ClientId, TimeSpan Lifetime) : ICommand<IssuedSecret>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Lifetime).Must(lifetime => lifetime > TimeSpan.Zero).WithMessage("A secret expires in the future.");
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, IssuedSecret>
    {
        public async ValueTask<IssuedSecret> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var client = await ClientTable.FindLockedAsync(storage, organization, command.ClientId);
            if (client.Trust is not null)
            {
                throw ScimException.Conflict($"The client '{client.Name}' is known by assertions and has no secrets; 'client create' makes one that has.");
            }

            var now = clock.GetUtcNow();
            var live = await storage.Connection.ExecuteScalarAsync<long>(
                """
                select count(*) from client_secrets s
                where s.organization_id = @organizationId and s.client_id = @clientId and s.revoked_at is null and s.expires_at > @now
                """,
                new { organizationId = organization.Id, clientId = client.Id, now = DateTimeValue.Format(now) });
            if (live >= MaxLive)
            {
                throw ScimException.Conflict($"A client has at most {MaxLive} live secrets; end one with 'client revoke-secret' first.");
            }

            var (row, secret) = await ClientTable.InsertSecretAsync(storage, organization.Id, client.Id, now, now + command.Lifetime);
            trail.Changed(organization.Id, "ClientSecret", row.Id);
            return new IssuedSecret(organization, client, row, secret);
        }
    }
}
