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
/// DELETE /Users/{id}: deactivates the account for the application and takes it out of SCIM's sight; the row stays as a
/// tombstone. RFC 7644 §3.6.
/// </summary>
public static class DeactivateUser
{
    public static Command From(ScimRequest request) => new(request.Id, Preconditions.Of(request));

    public sealed record Command(string Id, Preconditions Preconditions) : ICommand<ScimResponse>;

    /// <summary>Any id may be named; one that no user has is 404, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            await EndOfMember.LockGroupsAsync(storage, organization.Id, command.Id);
            var row = await UserRow.FindLockedAsync(storage, organization.Id, command.Id);
            command.Preconditions.Check(row.Version);
            if (row.IsActive)
            {
                await LastOwnerGuard.CheckUserAsync(storage, organization, row.Id, row.IsOwner, staysActive: false);
            }

            var now = clock.GetUtcNow();

            // A table of its own for tombstones: no statement over users can forget to leave them out.
            var key = new { organizationId = organization.Id, id = row.Id, row.Version, deletedAt = DateTimeValue.Format(now) };
            await storage.Connection.ExecuteAsync(
                """
                insert into deleted_users (
                    organization_id, id, version, created_at, last_modified_at, user_name_key, external_id, display_name_key,
                    active, role_key, document, search, deleted_at)
                select
                    organization_id, id, version, created_at, last_modified_at, user_name_key, external_id, display_name_key,
                    active, role_key, document, search, @deletedAt
                from users where organization_id = @organizationId and id = @id
                """,
                key);
            var deleted = await storage.Connection.ExecuteAsync(
                "delete from users where organization_id = @organizationId and id = @id and version = @Version", key);
            if (deleted != 1)
            {
                throw ScimException.PreconditionFailed();
            }

            foreach (var left in await EndOfMember.LeaveAsync(storage, organization.Id, row.Id, "User", now, remembered: true))
            {
                trail.Happened(left);
            }

            trail.Changed("User", row.Id, row.Version);
            trail.Happened(new Happening(
                organization.Id, EventTypes.UserDeleted, "User", row.Id, row.Version, Before: ChangedValues.Of(StoredDocument.Read(organization.Schemas.User, row.Document), null)));
            return new ScimResponse.NoContent();
        }
    }
}
