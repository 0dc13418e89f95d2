using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>token list ORG</c>: an organization's tokens, without their secrets, oldest first.</summary>
public static class ListTokens
{
    public sealed record Query(string Organization) : IQuery<Result>;

    public sealed record Result(OrganizationRow Organization, IReadOnlyList<TokenRow> Tokens);

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage) : IQueryHandler<Query, Result>
    {
        public async ValueTask<Result> Handle(Query query, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindAsync(storage, query.Organization);
            var tokens = await storage.Connection.QueryAsync<TokenRow>(
                """
                select id, name, scope, created_at, expires_at, last_used_at, revoked_at
                from tokens where organization_id = @organizationId order by created_at, id
                """,
                new { organizationId = organization.Id });
            return new Result(organization, tokens.AsList());
        }
    }
}
