using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org list</c>: all organizations by name.</summary>
public static class ListOrganizations
{
    public sealed record Query : IQuery<IReadOnlyList<OrganizationRow>>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage) : IQueryHandler<Query, IReadOnlyList<OrganizationRow>>
    {
        public async ValueTask<IReadOnlyList<OrganizationRow>> Handle(Query query, CancellationToken cancellationToken) =>
            (await storage.Connection.QueryAsync<OrganizationRow>("select id, name, settings, created_at from organizations order by name_key")).AsList();
    }
}
