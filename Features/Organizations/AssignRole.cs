using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org map-role ORG --group GROUP --role ROLE</c>: gives the members of a group a role, or with no role takes it from them.</summary>
public static class AssignRole
{
    /// <summary>Groups of one organization that have a role.</summary>
    public const int MaxMappings = 1000;

    /// <param name="Group">The group's id or its displayName.</param>
    /// <param name="Role">A role of the organization; null to end the mapping.</param>
    public sealed record Command(string Organization, string Group, string? Role) : ICommand<RoleMapping>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Group).NotEmpty().WithMessage("Name a group with --group.");
    }

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas, AuditTrail trail) : ICommandHandler<Command, RoleMapping>
    {
        public async ValueTask<RoleMapping> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindAsync(storage, command.Organization);
            var group = await MappedGroup.FindAsync(storage, row.Id, command.Group);

            // Who changes memberships at the same time is waited for, and seen below, or waits, and sees the mapping.
            await storage.Connection.ExecuteAsync($"select 1 from organizations o where o.id = @organizationId{storage.Dialect.LockingWhole("o")}", new { organizationId = row.Id });

            // The catalogue, and who is owner, stay as they are meanwhile.
            row = await OrganizationRow.FindLockedAsync(storage, row.Id);
            var organization = schemas.OrganizationOf(row);
            var role = command.Role is null ? null : organization.Settings.Roles.FirstOrDefault(known => FoldedKey.Of(known) == FoldedKey.Of(command.Role))
                ?? throw ScimException.InvalidValue($"'{Excerpt.Of(command.Role)}' is none of the roles {string.Join(", ", organization.Settings.Roles)}.");

            var watched = await LastOwnerGuard.WatchesAsync(storage, organization, group.Id);
            var key = new { organizationId = row.Id, groupId = group.Id, roleKey = role is null ? "" : FoldedKey.Of(role) };
            var former = await storage.Connection.ExecuteScalarAsync<string?>("delete from role_mappings where organization_id = @organizationId and group_id = @groupId returning role_key", key);
            if (role is not null)
            {
                if (await storage.Connection.ExecuteScalarAsync<long>("select count(*) from role_mappings where organization_id = @organizationId", key) >= MaxMappings)
                {
                    throw ScimException.InvalidValue($"An organization maps at most {MaxMappings} groups to roles.");
                }

                await storage.Connection.ExecuteAsync("insert into role_mappings (organization_id, group_id, role_key) values (@organizationId, @groupId, @roleKey)", key);
            }

            if (watched)
            {
                await LastOwnerGuard.CheckAsync(storage, organization);
            }

            trail.Changed(row.Id, "RoleMapping", group.Id);
            trail.Brought(await RoleChanges.OfMappingAsync(storage, organization, group.Id, former, role is null ? null : key.roleKey));

            return new RoleMapping(group.Id, group.DisplayName, role);
        }
    }
}
