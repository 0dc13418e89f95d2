using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// The organization that the request acts on, set once from its token. Every statement of a handler has its id as its outermost
/// condition; there is no default.
/// </summary>
public sealed class CurrentOrganization
{
    private TokenGrant? grant;

    public string Id => Grant.OrganizationId;

    public OrganizationSettings Settings => Grant.Settings;

    /// <summary>The schemas as this organization has them.</summary>
    public SchemaRegistry Schemas => Grant.Schemas;

    /// <summary>The key that seals the cursors of its lists; null where it has none yet.</summary>
    public byte[]? CursorKey => Grant.CursorKey;

    private TokenGrant Grant => grant ?? throw new InvalidOperationException("The request acts on no organization.");

    public void Set(TokenGrant granted)
    {
        if (grant is not null)
        {
            throw new InvalidOperationException("The request acts on an organization already.");
        }

        grant = granted;
    }
}
