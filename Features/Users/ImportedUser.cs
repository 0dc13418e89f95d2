using System.Text.Json;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Users;

/// <summary>A user in an export.</summary>
internal static class ImportedUser
{
    /// <summary>The row that the line stands for. Throws 400 where no client could have made it.</summary>
    public static UserValues Read(CurrentOrganization organization, OrganizationLine line)
    {
        var imported = ImportedResource.Read(line, resource => TypeOf(organization, resource));
        var document = UserRules.WithActive(imported.Document);

        // The user had the name before the e-mail domain rule, or the rule let it pass.
        UserRules.Check(document, null, organization.Settings with { EmailDomains = [] });
        return UserValues.Of(organization.Id, imported.Id, document, imported.Meta.Version, imported.Meta.CreatedAt, imported.Meta.LastModifiedAt);
    }

    /// <summary>A user keeps a role that was struck off the organization's list later, so an export may hold it.</summary>
    private static ResourceType TypeOf(CurrentOrganization organization, JsonElement resource)
    {
        if (!resource.TryGetProperty("role", out var json) || json.ValueKind != JsonValueKind.String)
        {
            return organization.Schemas.User;
        }

        var role = json.GetString()!;
        var roles = organization.Settings.Roles;
        return roles.Any(known => FoldedKey.Of(known) == FoldedKey.Of(role)) || role.Length > OrganizationSettings.MaxRoleLength
            ? organization.Schemas.User
            : organization.Schemas.WithRoles([.. roles, role]).User;
    }
}
