using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary><c>user show ORG USER</c>: a user by its userName or id, with its groups and its effective role.</summary>
public static class ShowUser
{
    public sealed record Query(string Organization, string User) : IQuery<ShownUser>;

    /// <summary>Any user may be asked for; one that there is not is not found, however the name looks.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas) : IQueryHandler<Query, ShownUser>
    {
        public async ValueTask<ShownUser> Handle(Query query, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindAsync(storage, query.Organization);
            var organization = schemas.OrganizationOf(row);
            var user = await storage.Connection.QuerySingleOrDefaultAsync<UserRow>(
                $"select {UserTable.Columns} from users u where u.organization_id = @organizationId and (u.id = @user or u.user_name_key = @key) order by case when u.id = @user then 0 else 1 end limit 1",
                new { organizationId = row.Id, user = query.User, key = UserNameKey.Of(query.User) })
                ?? throw ScimException.NotFound($"'{row.Name}' has no user '{Excerpt.Of(query.User)}'; 'user deleted {row.Name}' shows those that were deleted.");
            var document = StoredDocument.Read(organization.Schemas.User, user.Document);
            return new ShownUser(
                row.Name,
                user.Id,
                document.Text("userName")!,
                user.IsActive,
                document.Text("role"),
                await EffectiveRole.OfAsync(storage, organization, user.Id, document.Text("role")),
                user.Version,
                user.CreatedAt,
                user.LastModifiedAt,
                await GroupsOfUsers.OfAsync(storage, row.Id, user.Id, cancellationToken));
        }
    }
}
