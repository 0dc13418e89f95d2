using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>What a valid token grants: which organization it acts on, with which rules, and how far.</summary>
/// <param name="CursorKey">
/// The key that seals the cursors of the organization's lists; never told. Null where a program of an earlier version made the
/// organization, until a cursor is asked for.
/// </param>
/// <param name="Actor">Whose token it is, as the audit names it.</param>
public sealed record TokenGrant(
    string OrganizationId, string TokenId, TokenScope Scope, OrganizationSettings Settings, SchemaRegistry Schemas, byte[]? CursorKey, Actor Actor);
