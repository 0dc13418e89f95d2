using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>token revoke ORG TOKEN_ID</c>: ends a token, within a second on every node. Its row stays, for the record.</summary>
public static class RevokeToken
{
    public sealed record Command(string Organization, string TokenId) : ICommand<TokenRow>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, TokenRow>
    {
        public async ValueTask<TokenRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, command.Organization);
            var token = await storage.Connection.QuerySingleOrDefaultAsync<TokenRow>(
                """
                update tokens set revoked_at = coalesce(revoked_at, @now)
                where organization_id = @organizationId and id = @TokenId
                returning id, name, scope, created_at, expires_at, last_used_at, revoked_at
                """,
                new { now = DateTimeValue.Format(clock.GetUtcNow()), organizationId = organization.Id, command.TokenId })
                ?? throw ScimException.NotFound($"'{organization.Name}' has no token '{Excerpt.Of(command.TokenId)}'; 'token list' shows those it has.");
            trail.Changed(organization.Id, "Token", token.Id);
            return token;
        }
    }
}
