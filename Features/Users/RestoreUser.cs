using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>
/// <c>user restore ORG ID</c>: brings a deleted user back under its id, as it was, into the groups that it was in. Its version goes on, so that a client that
/// remembers it notices.
/// </summary>
public static class RestoreUser
{
    public sealed record Command(string Organization, string Id) : ICommand<RestoredUser>;

    /// <summary>Any id may be named; one that no tombstone has is not found, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas, RetentionTime retention, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, RestoredUser>
    {
        public async ValueTask<RestoredUser> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindAsync(storage, command.Organization);
            var organization = schemas.OrganizationOf(row);
            var now = clock.GetUtcNow();
            var key = new { organizationId = organization.Id, command.Id, keptSince = retention.KeptSince(now) };

            var returned = await EndOfMember.ReturnAsync(storage, organization.Id, command.Id, now);

            // Taken out first: of two that restore, or of one that purges meanwhile, only one finds it.
            var tombstone = await storage.Connection.QuerySingleOrDefaultAsync<UserRow>(
                """
                delete from deleted_users where organization_id = @organizationId and id = @Id and deleted_at >= @keptSince
                returning id, version, created_at, last_modified_at, active, role_key, document
                """,
                key);
            if (tombstone is null)
            {
                throw await IsThereAsync(key)
                    ? ScimException.NotFound($"The retention time of the deleted user '{Excerpt.Of(command.Id)}' is over; it cannot be restored any more.")
                    : ScimException.NotFound($"'{row.Name}' has no deleted user '{Excerpt.Of(command.Id)}'; 'user deleted {row.Name}' shows those it has.");
            }

            var document = StoredDocument.Read(organization.Schemas.User, tombstone.Document);
            var meta = tombstone.Meta.Next(now);
            var values = UserValues.Of(organization.Id, tombstone.Id, document, meta.Version, meta.CreatedAt, meta.LastModifiedAt);
            if (!await UserInsert.TryAsync(storage, values))
            {
                throw ScimException.Uniqueness(
                    "The userName was taken by another user meanwhile, so this one stays deleted. Rename or delete the other one, then restore again.");
            }

            trail.Changed(organization.Id, "User", values.Id, values.Version);
            trail.Happened(new Happening(organization.Id, EventTypes.UserRestored, "User", values.Id, values.Version, After: ChangedValues.Of(document, null)));
            foreach (var group in returned)
            {
                trail.Happened(group);
            }

            if (returned.Count > 0 && await RoleChanges.BeginAsync(storage, organization.Id) is { } roles)
            {
                var (sent, role) = (document.Text("role"), (await roles.OfUserAsync(values.Id))(document.Text("role")));
                if (!EffectiveRole.AreSame(sent, role))
                {
                    trail.Happened(new Happening(organization.Id, EventTypes.UserRoleChanged, "User", values.Id, values.Version, EffectiveRole.Json(sent), EffectiveRole.Json(role)));
                }
            }

            return new RestoredUser(row.Name, values.Id, document.Text("userName")!, values.Version, meta.LastModifiedAt);
        }

        private async Task<bool> IsThereAsync(object key) => await storage.Connection.ExecuteScalarAsync<long>(
            "select count(*) from deleted_users where organization_id = @organizationId and id = @Id", key) > 0;
    }
}
