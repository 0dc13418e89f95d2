using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>A change of a group, of its document, its members, or both, as one new version. A change that changes nothing makes none.</summary>
internal sealed class GroupUpdate(StorageSession storage, CurrentOrganization organization, GroupRow row, AuditTrail trail, TimeProvider clock)
{
    private IReadOnlyList<Happening> roleChanges = [];

    /// <summary>Writes what changed and returns the group as it is afterwards, without members.</summary>
    public async Task<StoredResource> WriteAsync(ResourceDocument before, ResourceDocument after, MemberRows members, IReadOnlyList<MemberChange> changes)
    {
        var changesDocument = !after.Attributes.Equals(before.Attributes);
        var values = changesDocument ? GroupValues.Of(organization.Id, row.Id, after, NextMeta) : null;
        var changesMembers = changes.Count > 0 && await ChangeMembersAsync(members, changes);
        if (values is not null)
        {
            await storage.Connection.ExecuteAsync(
                $"""
                update groups set
                    version = @Version, last_modified_at = @LastModifiedAt, display_name = @DisplayName, display_name_key = @DisplayNameKey,
                    external_id = @ExternalId, document = @Document, search = {storage.Dialect.Json("@Search")}
                where organization_id = @OrganizationId and id = @Id
                """,
                values);
            trail.Changed("Group", row.Id, values.Version);
            trail.Happened(new Happening(
                organization.Id, EventTypes.GroupUpdated, "Group", row.Id, values.Version, ChangedValues.Of(before, after), ChangedValues.Of(after, before)));
            NoteMembers(members, values.Version);
            return values.ToResource();
        }

        if (!changesMembers)
        {
            return StoredResource.Of(row.Version, row.LastModifiedAt, row.Document);
        }

        var meta = NextMeta;
        await storage.Connection.ExecuteAsync(
            "update groups set version = @Version, last_modified_at = @LastModifiedAt where organization_id = @organizationId and id = @Id",
            new { organizationId = organization.Id, row.Id, meta.Version, meta.LastModifiedAt });
        trail.Changed("Group", row.Id, meta.Version);
        NoteMembers(members, meta.Version);
        return StoredResource.Of(meta.Version, meta.LastModifiedAt, row.Document);
    }

    /// <summary>Who leaves a group may be the last owner by it.</summary>
    private async Task<bool> ChangeMembersAsync(MemberRows members, IReadOnlyList<MemberChange> changes)
    {
        var watched = changes.Any(change => change is not MemberChange.Add) && await LastOwnerGuard.WatchesAsync(storage, organization, row.Id);
        var changed = await members.ApplyAsync(changes);
        if (watched)
        {
            await LastOwnerGuard.CheckAsync(storage, organization);
        }

        if (changed)
        {
            roleChanges = await RoleChanges.OfMembersAsync(storage, organization.Id, row.Id, members.Came, members.Went);
        }

        return changed;
    }

    private void NoteMembers(MemberRows members, long version)
    {
        members.NoteIn(trail, version);
        trail.Brought(roleChanges);
    }

    private ResourceMeta NextMeta => row.Meta.Next(clock.GetUtcNow());
}
