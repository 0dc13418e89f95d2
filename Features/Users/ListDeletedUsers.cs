using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary><c>user deleted ORG</c>: the tombstones of an organization, those deleted last first.</summary>
public static class ListDeletedUsers
{
    /// <summary>Tombstones of one answer; a userName finds the others.</summary>
    public const int MaxListed = 1000;

    /// <param name="UserName">Only those who had this name, in any case; null for all.</param>
    public sealed record Query(string Organization, string? UserName) : IQuery<IReadOnlyList<DeletedUserRow>>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas, RetentionTime retention, TimeProvider clock) : IQueryHandler<Query, IReadOnlyList<DeletedUserRow>>
    {
        public async ValueTask<IReadOnlyList<DeletedUserRow>> Handle(Query query, CancellationToken cancellationToken)
        {
            var organization = schemas.OrganizationOf(await OrganizationRow.FindAsync(storage, query.Organization));
            var tombstones = await storage.Connection.QueryAsync<Tombstone>(
                """
                select id, document, deleted_at from deleted_users
                where organization_id = @organizationId and deleted_at >= @keptSince and (@userNameKey is null or user_name_key = @userNameKey)
                order by deleted_at desc, id desc limit @count
                """,
                new
                {
                    organizationId = organization.Id,
                    keptSince = retention.KeptSince(clock.GetUtcNow()),
                    userNameKey = query.UserName is { } userName ? UserNameKey.Of(userName) : null,
                    count = MaxListed,
                });
            return
            [
                .. tombstones.Select(row => new DeletedUserRow(
                    row.Id, StoredDocument.Read(organization.Schemas.User, row.Document).Text("userName")!, row.DeletedAt, retention.EndFor(row.DeletedAt))),
            ];
        }

        private sealed record Tombstone
        {
            public required string Id { get; init; }

            public required byte[] Document { get; init; }

            public required string DeletedAt { get; init; }
        }
    }
}
