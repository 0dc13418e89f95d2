using System.Security.Cryptography;
using Dapper;
using FluentValidation;
using Mediator;
using Microsoft.IdentityModel.JsonWebTokens;
using ScimSlice.Infrastructure.OAuth;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary>
/// POST /oauth/token: finds out which client asks, by its secret or its assertion, and so for which organization. RFC 6749 §2.3, §4.4, RFC 7523 §2.2.
/// </summary>
public static class AuthenticateClient
{
    private const string GrantType = "client_credentials";
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public static Query From(TokenRequest request) => request switch
    {
        { GrantType: null } => throw OAuthException.InvalidRequest($"grant_type is missing; it is {GrantType}."),
        { GrantType: not GrantType } => throw OAuthException.UnsupportedGrantType($"grant_type must be {GrantType}."),
        { Assertion: not null, ClientSecret: not null } => throw OAuthException.InvalidRequest("The client shows who it is in one way: by a secret or by an assertion."),
        { Assertion: not null, AssertionType: not AssertionType } => throw OAuthException.InvalidRequest($"client_assertion_type must be {AssertionType}."),
        { Assertion: null, AssertionType: not null } => throw OAuthException.InvalidRequest("client_assertion is missing."),
        { Assertion: null, ClientId: null } or { Assertion: null, ClientSecret: null } =>
            throw OAuthException.InvalidClient("Send client_id and client_secret in the Authorization header or in the form, or client_assertion."),
        _ => new Query(request.ClientId, request.ClientSecret, request.Assertion is null ? null : AssertionCheck.Read(request.Assertion), request.Scope),
    };

    public sealed record Query(string? ClientId, string? Secret, JsonWebToken? Assertion, string? Scope) : IQuery<AuthenticatedClient>;

    /// <summary>Any id may be named; one that no client has is refused, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, AssertionCheck check, TimeProvider clock) : IQueryHandler<Query, AuthenticatedClient>
    {
        public async ValueTask<AuthenticatedClient> Handle(Query query, CancellationToken cancellationToken)
        {
            var client = query.ClientId is not null ? await FindAsync(query.ClientId) : await FindAsync(query.Assertion!);
            try
            {
                return await AuthenticateAsync(query, client, cancellationToken);
            }
            catch (OAuthException refused) when (client is not null && refused.Status == 401)
            {
                throw refused.By(client.OrganizationId, client.Id);
            }
        }

        private async ValueTask<AuthenticatedClient> AuthenticateAsync(Query query, ClientRow? client, CancellationToken cancellationToken)
        {
            var scope = IsNarrowed(query.Scope) ? TokenScope.Read : client?.MaxScope ?? TokenScope.Read;
            if (query.Assertion is { } assertion)
            {
                var trust = client?.Trust ?? throw OAuthException.InvalidClient(
                    "No client is known by this assertion: send the client_id that was shown when the trust was made, and compare issuer and subject with it.");

                // The issuer's keys may have to be fetched, and whoever asks need not be who it says.
                storage.Release();
                var verified = await check.VerifyAsync(assertion, trust, cancellationToken);
                return new AuthenticatedClient(client.OrganizationId, client.Id, null, client.Reusable == 1 ? null : verified, scope);
            }

            var secretId = await FindSecretAsync(client, query.Secret!);
            return client is not null && secretId is not null
                ? new AuthenticatedClient(client.OrganizationId, client.Id, secretId, null, scope)
                : throw OAuthException.InvalidClient("There is no such client, or its secret is mistyped, expired or revoked.");
        }

        /// <summary>Finds out whose client it is; no organization is known before.</summary>
        private async Task<ClientRow?> FindAsync(string id) => !Trust.IsPlain(id) ? null : await storage.Connection.QuerySingleOrDefaultAsync<ClientRow>(
            $"select {ClientRow.Columns} from clients c where c.id = @id and c.revoked_at is null", new { id });

        /// <summary>The one client that is known by such an assertion; none where there are several, which only their ids tell apart.</summary>
        private async Task<ClientRow?> FindAsync(JsonWebToken assertion)
        {
            if (!Trust.IsPlain(assertion.Issuer) || !Trust.IsPlain(assertion.Subject))
            {
                return null;
            }

            var known = (await storage.Connection.QueryAsync<ClientRow>(
                $"select {ClientRow.Columns} from clients c where c.issuer = @Issuer and c.subject = @Subject and c.revoked_at is null limit 2",
                new { assertion.Issuer, assertion.Subject })).AsList();
            return known.Count == 1 ? known[0] : null;
        }

        /// <summary>The id of the live secret that this is, null where the client has no such.</summary>
        private async Task<string?> FindSecretAsync(ClientRow? client, string secret)
        {
            var hash = BearerToken.Hash(secret);
            var known = await storage.Connection.QueryAsync<HashedSecret>(
                """
                select s.id, s.hash from client_secrets s
                where s.organization_id = @organizationId and s.client_id = @clientId and s.revoked_at is null and s.expires_at > @now
                """,
                new { organizationId = client?.OrganizationId ?? "", clientId = client?.Id ?? "", now = DateTimeValue.Format(clock.GetUtcNow()) });
            return known.FirstOrDefault(candidate => CryptographicOperations.FixedTimeEquals(candidate.Hash, hash))?.Id;
        }

        /// <summary>Whether the client asks for less than it may have. Scopes that are not known here are passed over (RFC 6749 §3.3).</summary>
        private static bool IsNarrowed(string? scope)
        {
            var scopes = scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
            return scopes.Contains("read", StringComparer.Ordinal) && !scopes.Contains("write", StringComparer.Ordinal);
        }

        private sealed record HashedSecret
        {
            public required string Id { get; init; }

            public required byte[] Hash { get; init; }
        }
    }
}
