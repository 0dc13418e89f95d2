using System.Globalization;
using System.Text.Json;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Features.Users;

/// <summary>
/// A user in an export: the stored representation, in which only the location is relative. It comes back through the SCIM
/// language like a client's, so that no row can be planted that no client could have made.
/// </summary>
internal static class ImportedUser
{
    private const string Resource = "resource";

    public static void Write(Utf8JsonWriter json, byte[] document)
    {
        json.WritePropertyName(Resource);
        json.WriteRawValue(document, skipInputValidation: true);
    }

    /// <summary>The row that the line stands for. Throws 400 where no client could have made it.</summary>
    public static UserValues Read(CurrentOrganization organization, OrganizationLine line)
    {
        var resource = line.Object(Resource);
        var meta = resource.Object("meta");
        var id = resource.Id("id");
        var type = TypeOf(organization, resource.Json);
        RefuseUnknown(type, resource.Json);

        // What is stored needs no mending; what would need it does not come from an export.
        var document = UserRules.WithActive(new ResourceReader(type, new QuirkUse(strict: true)).Read(resource.Json));

        // The user had the name before the e-mail domain rule, or the rule let it pass.
        UserRules.Check(document, null, organization.Settings with { EmailDomains = [] });
        var (version, created, lastModified) = (Version(meta.Text("version")), meta.Time("created"), meta.Time("lastModified"));
        if (meta.Text("resourceType") != type.Name || string.CompareOrdinal(lastModified, created) < 0)
        {
            throw ScimException.InvalidValue("meta: must be that of a User, modified no earlier than created.");
        }

        return UserValues.Of(organization.Id, id, document, version, created, lastModified);
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

    /// <summary>A client's unknown attributes are passed over; here they would be lost, and the file's owner would not know.</summary>
    private static void RefuseUnknown(ResourceType type, JsonElement resource)
    {
        foreach (var member in resource.EnumerateObject())
        {
            if (type.Extension(member.Name) is { } extension && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var inner in member.Value.EnumerateObject())
                {
                    Refuse(extension.Schema.Attribute(inner.Name) is null, $"{extension.Schema.Id}:{inner.Name}");
                }
            }
            else
            {
                Refuse(type.TopLevel(member.Name) is null && member.Name != "schemas", member.Name);
            }
        }
    }

    private static void Refuse(bool unknown, string name)
    {
        if (unknown)
        {
            throw ScimException.InvalidValue($"{Excerpt.Of(name)}: is no attribute of a User here.");
        }
    }

    /// <summary>The version in an entity tag as rows write it: <c>W/"7"</c>.</summary>
    private static long Version(string tag) =>
        tag.Length > 4 && long.TryParse(tag.AsSpan(3, tag.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version is > 0 and < long.MaxValue / 2 && EntityTag.Of(version) == tag
            ? version
            : throw ScimException.InvalidValue("meta.version: must be an entity tag such as W/\"7\".");
}
