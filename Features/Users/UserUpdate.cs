using System.Data.Common;
using Dapper;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>A changed user, ready to be written over its row. A change that changes nothing leaves version and lastModified alone (RFC 7644 §3.5.2.1).</summary>
internal sealed record UserUpdate
{
    private readonly UserRow row;
    private readonly ResourceDocument before;
    private readonly ResourceDocument after;
    private readonly UserValues? values;
    private readonly IReadOnlyList<UniqueValue> uniquesBefore;
    private readonly bool keepsKeys;
    private readonly bool takesAnOwner;
    private readonly bool staysActive;

    /// <summary>The effective roles, where they differ; known when the row is written.</summary>
    private (string? Before, string? After) effective;

    private UserUpdate(
        UserRow row, ResourceDocument before, ResourceDocument after, UserValues? values, IReadOnlyList<UniqueValue> uniquesBefore, bool keepsKeys, bool takesAnOwner, bool staysActive) =>
        (this.row, this.before, this.after, this.values, this.uniquesBefore, this.keepsKeys, this.takesAnOwner, this.staysActive) =
            (row, before, after, values, uniquesBefore, keepsKeys, takesAnOwner, staysActive);

    public bool ChangesSomething => values is not null;

    /// <summary>The user as it is afterwards.</summary>
    public StoredResource Resource => values?.ToResource() ?? row.ToResource();

    /// <summary>The update that makes <paramref name="after"/> of <paramref name="before"/>, which the row holds. Throws 400 for what must not be stored.</summary>
    public static UserUpdate Of(CurrentOrganization organization, UserRow row, ResourceDocument before, ResourceDocument after, TimeProvider clock)
    {
        if (after.Attributes.Equals(before.Attributes))
        {
            return new UserUpdate(row, before, after, null, [], keepsKeys: true, takesAnOwner: false, staysActive: true);
        }

        UserRules.Check(after, before, organization.Settings);
        var meta = row.Meta.Next(clock.GetUtcNow());
        var staysActive = after.Boolean("active") is not false;
        return new UserUpdate(
            row,
            before,
            after,
            UserValues.Of(organization.Id, row.Id, after, meta.Version, meta.CreatedAt, meta.LastModifiedAt),
            UniqueValue.Of(before, besides: "userName"),
            HaveSameKeys(before, after),
            row.IsActive && !(staysActive && (!row.IsOwner || UserRules.RoleKey(after) == OrganizationSettings.OwnerRole)),
            staysActive);
    }

    /// <summary>Notes the change, where there is one.</summary>
    public void NoteIn(AuditTrail trail)
    {
        if (values is null)
        {
            return;
        }

        trail.Changed("User", values.Id, values.Version);
        Announce(EventTypes.UserUpdated, ChangedValues.Of(before, after, "active", "role"), ChangedValues.Of(after, before, "active", "role"));
        Announce(EventTypes.UserRoleChanged, EffectiveRole.Json(effective.Before, Only("role", before, after)), EffectiveRole.Json(effective.After, Only("role", after, before)));
        Announce(staysActive ? EventTypes.UserReactivated : EventTypes.UserDeactivated, Only("active", before, after), Only("active", after, before));

        void Announce(string type, string? beforeValues, string? afterValues)
        {
            if (beforeValues is not null || afterValues is not null)
            {
                trail.Happened(new Happening(values.OrganizationId, type, "User", values.Id, values.Version, beforeValues, afterValues));
            }
        }

        static string? Only(string name, ResourceDocument of, ResourceDocument other) => ChangedValues.Of(of with { Attributes = AttributeValue.Complex.Empty.With(name, of.Attributes[name]) }, other);
    }

    /// <summary>Writes the row. Throws as <see cref="TryWriteAsync"/> does, and 412 where the row has moved on.</summary>
    public async Task WriteAsync(StorageSession storage, CurrentOrganization organization)
    {
        if (!await TryWriteAsync(storage, organization))
        {
            throw ScimException.PreconditionFailed();
        }
    }

    /// <summary>Writes the row unless it has moved on; false then. Throws 409 for a userName that is taken and for the last owner.</summary>
    public async Task<bool> TryWriteAsync(StorageSession storage, CurrentOrganization organization)
    {
        if (values is null)
        {
            return true;
        }

        if (takesAnOwner)
        {
            await LastOwnerGuard.CheckUserAsync(storage, organization, row.Id, row.IsOwner, staysActive);
        }

        // What is not set costs no work on its indexes, and most changes leave the three alone.
        var keys = keepsKeys ? "" : "user_name_key = @UserNameKey, external_id = @ExternalId, display_name_key = @DisplayNameKey,";
        if (!await TryUpdateAsync(storage, keys, values))
        {
            return false;
        }

        await UserUniques.ChangeAsync(storage, values.Type, organization.Id, row.Id, uniquesBefore, values.Uniques);
        if (UserRules.RoleKey(before) != UserRules.RoleKey(after))
        {
            await CompareRolesAsync(storage, organization);
        }

        return true;
    }

    private async Task CompareRolesAsync(StorageSession storage, CurrentOrganization organization)
    {
        var roleOf = await RoleChanges.BeginAsync(storage, organization.Id) is { } roles ? await roles.OfUserAsync(row.Id) : sent => EffectiveRole.Highest(organization.Settings, sent, []);
        var (old, now) = (roleOf(before.Text("role")), roleOf(after.Text("role")));
        effective = EffectiveRole.AreSame(old, now) ? default : (old, now);
    }

    private static async Task<bool> TryUpdateAsync(StorageSession storage, string keys, UserValues values)
    {
        try
        {
            return await storage.Connection.ExecuteAsync(
                $"""
                update users set
                    version = @Version, last_modified_at = @LastModifiedAt, {keys} active = @Active, role_key = @RoleKey,
                    document = @Document, search = {storage.Dialect.Json("@Search")}
                where organization_id = @OrganizationId and id = @Id and version = @Version - 1
                """,
                values) == 1;
        }
        catch (DbException fault) when (storage.Dialect.IsUniqueViolation(fault, "user_name_key"))
        {
            throw ScimException.Uniqueness("userName: another user of this organization has this name.");
        }
    }

    private static bool HaveSameKeys(ResourceDocument before, ResourceDocument after) =>
        before.Text("userName") == after.Text("userName") && before.Text("externalId") == after.Text("externalId") && before.Text("displayName") == after.Text("displayName");
}
