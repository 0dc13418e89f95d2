namespace ScimSlice.Features.Organizations;

/// <summary>The role that the members of a group have at least.</summary>
/// <param name="Role">As the catalogue spells it; null where the catalogue has it no more, so that it gives nothing.</param>
public sealed record RoleMapping(string GroupId, string Group, string? Role);
