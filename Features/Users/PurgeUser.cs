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

/// <summary><c>user purge ORG ID</c>: erases a user at once and for good, whether live or deleted already.</summary>
public static class PurgeUser
{
    public sealed record Command(string Organization, string Id) : ICommand<Result>;

    /// <param name="WasLive">Whether SCIM showed the user until now.</param>
    public sealed record Result(string Organization, string Id, bool WasLive);

    /// <summary>Any id may be named; one that no user has is not found, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, Result>
    {
        public async ValueTask<Result> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindAsync(storage, command.Organization);
            var key = new { organizationId = row.Id, command.Id };
            trail.Changed(row.Id, "User", command.Id);
            await EventTable.EraseAsync(storage, row.Id, [command.Id]);
            if (await EraseTombstoneAsync(key))
            {
                return new Result(row.Name, command.Id, WasLive: false);
            }

            await EndOfMember.LockGroupsAsync(storage, row.Id, command.Id);

            // An erased owner is missed as much as a deleted one.
            var user = await UserRow.TryFindLockedAsync(storage, row.Id, command.Id);
            if (user is { IsActive: true })
            {
                await LastOwnerGuard.CheckUserAsync(storage, schemas.OrganizationOf(row), command.Id, user.IsOwner, staysActive: false);
            }

            var users = await storage.Connection.ExecuteAsync("delete from users where organization_id = @organizationId and id = @Id", key);

            foreach (var left in await EndOfMember.LeaveAsync(storage, row.Id, command.Id, "User", clock.GetUtcNow(), remembered: false))
            {
                trail.Happened(left);
            }

            if (users > 0)
            {
                // Its values are to be nowhere, and what is written of them meanwhile is not either.
                trail.Happened(new Happening(row.Id, EventTypes.UserDeleted, "User", command.Id, user!.Version));
                await EventTable.EraseAsync(storage, row.Id, [command.Id]);
            }

            // Looked for again: the user may have been deleted by a client since the first look.
            return users > 0 || await EraseTombstoneAsync(key)
                ? new Result(row.Name, command.Id, WasLive: users > 0)
                : throw ScimException.NotFound($"'{row.Name}' has no user '{Excerpt.Of(command.Id)}', live or deleted.");
        }

        private async Task<bool> EraseTombstoneAsync(object key) =>
            await storage.Connection.ExecuteAsync("delete from deleted_users where organization_id = @organizationId and id = @Id", key) > 0;
    }
}
