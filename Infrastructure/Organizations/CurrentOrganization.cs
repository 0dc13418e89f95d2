using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>
/// The organization that the request acts on, set once from its token. Every statement of a handler has its id as its outermost
/// condition; there is no default.
/// </summary>
public sealed class CurrentOrganization
{
    private TokenGrant? grant;

    /// <summary>Whether the request acts on one.</summary>
    public bool IsSet => grant is not null;

    public string Id => Grant.OrganizationId;

    public OrganizationSettings Settings => Grant.Settings;

    /// <summary>The schemas as this organization has them.</summary>
    public SchemaRegistry Schemas => Grant.Schemas;

    /// <summary>Whose token named the organization; null where none did.</summary>
    internal Actor? Actor => grant?.Actor;

    private TokenGrant Grant => grant ?? throw new InvalidOperationException("The request acts on no organization.");

    /// <summary>What seals and opens the cursors of its lists. An organization that has no key for it gets one. RFC 9865 §2.</summary>
    internal async ValueTask<CursorSeal> SealAsync(IDatabase database, TimeProvider clock, CancellationToken cancellationToken) =>
        new(Grant.CursorKey ?? await OrganizationRow.GiveCursorKeyAsync(database, Id, cancellationToken), clock.GetUtcNow());

    /// <summary>Throws 403 sensitive where a filter in a URL names an attribute (by its full name) that must not stand in one. RFC 7644 §7.5.2.</summary>
    public void RefuseInUrl(IEnumerable<string> names, string endpoint)
    {
        if (names.FirstOrDefault(Settings.Sensitive.Contains) is { } sensitive)
        {
            throw ScimException.Sensitive($"The filter names {sensitive}, which must not stand in a URL. Send it by POST to {endpoint}/.search.");
        }
    }

    public void Set(TokenGrant granted)
    {
        if (grant is not null)
        {
            throw new InvalidOperationException("The request acts on an organization already.");
        }

        grant = granted;
    }
}
