using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary><c>client revoke-secret ORG SECRET_ID</c>: ends a client's secret and the access tokens that were given for it, within a second on every node.</summary>
public static class RevokeClientSecret
{
    public sealed record Command(string Organization, string SecretId) : ICommand<SecretRow>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, SecretRow>
    {
        public async ValueTask<SecretRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var secret = await storage.Connection.QuerySingleOrDefaultAsync<SecretRow>(
                """
                update client_secrets set revoked_at = coalesce(revoked_at, @now)
                where organization_id = @organizationId and id = @SecretId
                returning id, client_id, created_at, expires_at, last_used_at, revoked_at
                """,
                new { now = DateTimeValue.Format(clock.GetUtcNow()), organizationId = organization.Id, command.SecretId })
                ?? throw ScimException.NotFound($"'{organization.Name}' has no secret '{Excerpt.Of(command.SecretId)}'; 'client list' shows those it has.");
            trail.Changed(organization.Id, "ClientSecret", secret.Id);
            return secret;
        }
    }
}
