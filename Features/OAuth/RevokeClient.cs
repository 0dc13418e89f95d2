using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary>
/// <c>client revoke ORG CLIENT_ID</c>, <c>trust revoke ORG CLIENT_ID</c>: ends a client with its secrets, or a trust, and the access tokens that it was given,
/// within a second on every node. Its row stays, for the record.
/// </summary>
public static class RevokeClient
{
    public sealed record Command(string Organization, string ClientId) : ICommand<ClientRow>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ClientRow>
    {
        public async ValueTask<ClientRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var client = await storage.Connection.QuerySingleOrDefaultAsync<ClientRow>(
                """
                update clients set revoked_at = coalesce(revoked_at, @now)
                where organization_id = @organizationId and id = @ClientId
                returning organization_id, id, name, scope, issuer, jwks_uri, subject, audience, reusable, created_at, last_used_at, revoked_at
                """,
                new { now = DateTimeValue.Format(clock.GetUtcNow()), organizationId = organization.Id, command.ClientId })
                ?? throw ScimException.NotFound($"'{organization.Name}' has no client '{Excerpt.Of(command.ClientId)}'; 'client list' and 'trust list' show those it has.");
            trail.Changed(organization.Id, "Client", client.Id);
            return client;
        }
    }
}
