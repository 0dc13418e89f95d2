using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary>POST /oauth/token: gives the client that asks an access token, once for each assertion. RFC 6749 §4.4.3, RFC 7523 §3.</summary>
public static class IssueAccessToken
{
    /// <summary>Access tokens that a client has at once; the oldest ends where it takes more.</summary>
    public const int MaxLive = 100;

    public static Command From(AuthenticatedClient client) => new(client);

    public sealed record Command(AuthenticatedClient Client) : ICommand<TokenResponse>;

    /// <summary>Who asks was found out before.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, AccessTokenLifetime lifetime, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, TokenResponse>
    {
        public async ValueTask<TokenResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            var client = command.Client;
            var now = clock.GetUtcNow();
            var secret = BearerToken.Create(BearerToken.AccessPrefix);
            var row = new
            {
                organizationId = client.OrganizationId,
                id = ResourceId.Create(now),
                clientId = client.ClientId,
                secretId = client.SecretId,
                scope = client.Scope == TokenScope.Read ? "read" : "write",
                hash = BearerToken.Hash(secret),
                now = DateTimeValue.Format(now),
                expiresAt = DateTimeValue.Format(now + lifetime.Value),
            };

            await UseAsync(client, row.now);
            if (client.Assertion is { } assertion)
            {
                await UseUpAsync(client, assertion, row.now);
            }

            await storage.Connection.ExecuteAsync(
                """
                delete from access_tokens where organization_id = @organizationId and client_id = @clientId and (
                    expires_at <= @now or id in (
                        select a.id from access_tokens a where a.organization_id = @organizationId and a.client_id = @clientId
                        order by a.expires_at desc, a.id desc limit 1000 offset @others))
                """,
                new { row.organizationId, row.clientId, row.now, others = MaxLive - 1 });
            await storage.Connection.ExecuteAsync(
                """
                insert into access_tokens (organization_id, id, client_id, secret_id, scope, hash, created_at, expires_at)
                values (@organizationId, @id, @clientId, @secretId, @scope, @hash, @now, @expiresAt)
                """,
                row);
            trail.Changed(client.OrganizationId, "Client", client.ClientId);
            return new TokenResponse(secret, lifetime.Value, row.scope);
        }

        /// <summary>Notes the use. Whoever was revoked since it showed who it is gets nothing.</summary>
        private async Task UseAsync(AuthenticatedClient client, string now)
        {
            var use = new { organizationId = client.OrganizationId, clientId = client.ClientId, secretId = client.SecretId, now };
            var isLive = await storage.Connection.ExecuteAsync(
                "update clients set last_used_at = @now where organization_id = @organizationId and id = @clientId and revoked_at is null", use) == 1;
            if (isLive && client.SecretId is not null)
            {
                isLive = await storage.Connection.ExecuteAsync(
                    "update client_secrets set last_used_at = @now where organization_id = @organizationId and id = @secretId and revoked_at is null and expires_at > @now",
                    use) == 1;
            }

            if (!isLive)
            {
                throw OAuthException.InvalidClient("The client or its secret was revoked or has expired.").By(client.OrganizationId, client.ClientId);
            }
        }

        /// <summary>The primary key decides between two that show the same assertion at once, on whatever server.</summary>
        private async Task UseUpAsync(AuthenticatedClient client, VerifiedAssertion assertion, string now)
        {
            var use = new { organizationId = client.OrganizationId, clientId = client.ClientId, hash = assertion.Hash, expiresAt = DateTimeValue.Format(assertion.ExpiresAt), now };
            await storage.Connection.ExecuteAsync(
                "delete from used_assertions where organization_id = @organizationId and client_id = @clientId and expires_at <= @now", use);
            var inserted = await storage.Connection.ExecuteAsync(
                """
                insert into used_assertions (organization_id, client_id, hash, expires_at) values (@organizationId, @clientId, @hash, @expiresAt)
                on conflict do nothing
                """,
                use);
            if (inserted == 0)
            {
                throw OAuthException.InvalidClient("This assertion was taken already. Where the identity provider sends one again until it expires, its trust has to be made with --reusable.")
                    .By(client.OrganizationId, client.ClientId);
            }
        }
    }
}
