using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org map-role ORG</c>: the groups of an organization that give their members a role, those of the highest role first.</summary>
public static class ListRoleMappings
{
    public sealed record Query(string Organization) : IQuery<IReadOnlyList<RoleMapping>>;

    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage) : IQueryHandler<Query, IReadOnlyList<RoleMapping>>
    {
        public async ValueTask<IReadOnlyList<RoleMapping>> Handle(Query query, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindAsync(storage, query.Organization);
            var roles = row.Rules.Roles.Select((role, index) => (Key: FoldedKey.Of(role), Role: role, Index: index)).ToDictionary(role => role.Key);
            var mappings = await storage.Connection.QueryAsync<Row>(
                """
                select r.group_id, g.display_name, r.role_key from role_mappings r
                join groups g on g.organization_id = r.organization_id and g.id = r.group_id
                where r.organization_id = @organizationId
                """,
                new { organizationId = row.Id });
            return
            [
                .. mappings.OrderBy(mapping => roles.TryGetValue(mapping.RoleKey, out var role) ? role.Index : int.MaxValue).ThenBy(mapping => mapping.GroupId, StringComparer.Ordinal)
                    .Select(mapping => new RoleMapping(mapping.GroupId, mapping.DisplayName, roles.TryGetValue(mapping.RoleKey, out var role) ? role.Role : null)),
            ];
        }

        private sealed record Row
        {
            public required string GroupId { get; init; }

            public required string DisplayName { get; init; }

            public required string RoleKey { get; init; }
        }
    }
}
