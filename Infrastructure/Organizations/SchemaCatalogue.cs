using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>Which schemas an organization has: the built-in ones, the operator's files, and its own roles.</summary>
public sealed class SchemaCatalogue(SchemaFolder folder)
{
    /// <summary>The schemas of the organization of that name and with those rules.</summary>
    public SchemaRegistry Of(string organization, OrganizationSettings settings)
    {
        var schemas = folder.Of(organization);
        return settings.Roles.SequenceEqual(OrganizationSettings.Shipped.Roles) ? schemas : schemas.WithRoles(settings.Roles);
    }

    /// <summary>The organization that an operator named on the command line, where there is no token.</summary>
    internal CurrentOrganization OrganizationOf(OrganizationRow row)
    {
        var rules = row.Rules;
        var organization = new CurrentOrganization();
        organization.Set(new TokenGrant(row.Id, TokenId: "", TokenScope.Write, rules, Of(row.Name, rules), CursorKey: null, Actor.Service));
        return organization;
    }
}
