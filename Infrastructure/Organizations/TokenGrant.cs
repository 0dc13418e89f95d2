using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Organizations;

/// <summary>What a valid token grants: which organization it acts on, with which rules, and how far.</summary>
public sealed record TokenGrant(string OrganizationId, string TokenId, TokenScope Scope, OrganizationSettings Settings, SchemaRegistry Schemas);
