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

namespace ScimSlice.Features.Groups;

/// <summary>DELETE /Groups/{id}: deletes a group and takes it out of the groups that it is in; its members stay. RFC 7644 §3.6.</summary>
public static class DeleteGroup
{
    public static Command From(ScimRequest request) => new(request.Id, Preconditions.Of(request));

    public sealed record Command(string Id, Preconditions Preconditions) : ICommand<ScimResponse>;

    /// <summary>Any id may be named; one that no group has is 404, however it looks.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Command command, CancellationToken cancellationToken)
        {
            await EndOfMember.LockGroupsAsync(storage, organization.Id, command.Id);
            var row = await GroupRow.FindLockedAsync(storage, organization.Id, command.Id);
            command.Preconditions.Check(row.Version);

            var watched = await LastOwnerGuard.WatchesAsync(storage, organization, row.Id);
            var roles = await RoleChanges.BeginAsync(storage, organization.Id);
            var given = roles is null ? [] : await roles.GivenByAsync(row.Id);
            var key = new { organizationId = organization.Id, id = row.Id };
            await storage.Connection.ExecuteAsync("delete from groups where organization_id = @organizationId and id = @id", key);
            var members = given.Count == 0 ? [] : (await storage.Connection.QueryAsync<(string Id, string Kind)>(
                "select m.member_id, m.member_type from memberships m where m.organization_id = @organizationId and m.group_id = @id", key)).AsList();
            await storage.Connection.ExecuteAsync("delete from memberships where organization_id = @organizationId and group_id = @id", key);
            await storage.Connection.ExecuteAsync("delete from role_mappings where organization_id = @organizationId and group_id = @id", key);
            await storage.Connection.ExecuteAsync("delete from deleted_memberships where organization_id = @organizationId and group_id = @id", key);
            foreach (var left in await EndOfMember.LeaveAsync(storage, organization.Id, row.Id, "Group", clock.GetUtcNow(), remembered: false))
            {
                trail.Happened(left);
            }

            if (watched)
            {
                await LastOwnerGuard.CheckAsync(storage, organization);
            }

            trail.Changed("Group", row.Id, row.Version);
            trail.Happened(new Happening(
                organization.Id, EventTypes.GroupDeleted, "Group", row.Id, row.Version, Before: ChangedValues.Of(StoredDocument.Read(organization.Schemas.Group, row.Document), null)));
            if (members.Count > 0)
            {
                trail.Brought(await roles!.OfEndAsync(members.Select(member => KeyValuePair.Create(member.Id, member.Kind)), given), ended: true);
            }

            return new ScimResponse.NoContent();
        }
    }
}
