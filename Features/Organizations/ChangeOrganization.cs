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

/// <summary><c>org set NAME</c>: changes an organization's rules; those not named stay as they are.</summary>
public static class ChangeOrganization
{
    /// <param name="Indexed">Full names of attributes whose look-ups are complete.</param>
    /// <param name="Sensitive">Attributes that a filter in a URL must not name.</param>
    public sealed record Command(
        string Organization,
        IReadOnlyList<string>? EmailDomains = null,
        IReadOnlyList<string>? Roles = null,
        string? DefaultRole = null,
        bool? Strict = null,
        IReadOnlyList<string>? Indexed = null,
        IReadOnlyList<string>? Sensitive = null) : ICommand<OrganizationRow>;

    /// <summary>What is named is judged together with what stays.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas, AuditTrail trail) : ICommandHandler<Command, OrganizationRow>
    {
        public async ValueTask<OrganizationRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindLockedAsync(storage, (await OrganizationRow.FindAsync(storage, command.Organization)).Id);
            var rules = row.Rules;
            rules = rules with
            {
                EmailDomains = command.EmailDomains is null
                    ? rules.EmailDomains
                    : [.. command.EmailDomains.Where(domain => domain.Length > 0).Select(FoldedKey.Of).Distinct()],
                Roles = command.Roles ?? rules.Roles,
                DefaultRole = command.DefaultRole ?? rules.DefaultRole,
                Strict = command.Strict ?? rules.Strict,
                Indexed = command.Indexed ?? rules.Indexed,
                Sensitive = command.Sensitive is null
                    ? rules.Sensitive
                    : [.. AttributeNames.ReadWhole(command.Sensitive, schemas.Of(row.Name, rules).User).Select(attribute => attribute.ToString())],
            };
            if (rules.Fault() is { } fault)
            {
                throw ScimException.InvalidValue(fault);
            }

            if (command.Indexed is not null)
            {
                var kept = await storage.Connection.QueryAsync<string>(
                    "select attribute from indexed_attributes where organization_id = @organizationId", new { organizationId = row.Id });
                if (command.Indexed.Except(kept).FirstOrDefault() is { } missing)
                {
                    throw ScimException.Conflict($"{missing} was unmarked meanwhile by another command. Repeat this one.");
                }
            }

            await storage.Connection.ExecuteAsync(
                "update organizations set settings = @settings where id = @id", new { settings = rules.ToJson(), id = row.Id });
            trail.Changed(row.Id, "Organization", row.Id);
            trail.Brought(await RoleChanges.OfCatalogueAsync(storage, row.Id, row.Rules, rules));

            return row with { Settings = rules.ToJson() };
        }
    }
}
