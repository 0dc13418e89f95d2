using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.OAuth;

/// <summary><c>client list ORG</c>, <c>trust list ORG</c>: an organization's OAuth clients with their secrets, or those known by assertions, oldest first.</summary>
public static class ListClients
{
    /// <param name="Trusts">Whether those are asked for that are known by assertions, or those that have secrets.</param>
    public sealed record Query(string Organization, bool Trusts) : IQuery<Result>;

    public sealed record Result(OrganizationRow Organization, IReadOnlyList<ClientRow> Clients, ILookup<string, SecretRow> Secrets);

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage) : IQueryHandler<Query, Result>
    {
        public async ValueTask<Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, query.Organization);
            var key = new { organizationId = organization.Id };
            var clients = await storage.Connection.QueryAsync<ClientRow>(
                $"select {ClientRow.Columns} from clients c where c.organization_id = @organizationId order by c.created_at, c.id", key);
            var secrets = await storage.Connection.QueryAsync<SecretRow>(
                """
                select id, client_id, created_at, expires_at, last_used_at, revoked_at
                from client_secrets where organization_id = @organizationId order by created_at, id
                """,
                key);
            return new Result(organization, [.. clients.Where(client => client.Trust is not null == query.Trusts)], secrets.ToLookup(secret => secret.ClientId, StringComparer.Ordinal));
        }
    }
}
