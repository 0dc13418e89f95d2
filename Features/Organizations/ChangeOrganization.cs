using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org set NAME</c>: changes an organization's rules; those not named stay as they are.</summary>
public static class ChangeOrganization
{
    /// <summary>Roles, and e-mail domains, of one organization.</summary>
    public const int MaxValues = 100;

    public sealed record Command(string Organization, IReadOnlyList<string>? EmailDomains, IReadOnlyList<string>? Roles, string? DefaultRole, bool? Strict)
        : ICommand<OrganizationRow>;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(command => command.EmailDomains).Must(domains => domains is null || domains.Count <= MaxValues)
                .WithMessage($"An organization has at most {MaxValues} e-mail domains.");
            RuleForEach(command => command.EmailDomains).Must(IsDomain).WithMessage("'{PropertyValue}' is not a domain such as example.com.");
            RuleFor(command => command.Roles).Must(roles => roles is null or { Count: > 0 and <= MaxValues })
                .WithMessage($"An organization has 1 to {MaxValues} roles.");
            RuleFor(command => command.Roles)
                .Must(roles => roles is null || roles.Select(FoldedKey.Of).Distinct().Count() == roles.Count).WithMessage("A role is named twice.");
            RuleForEach(command => command.Roles)
                .Must(role => role.Length is > 0 and <= 64 && role.Trim() == role && !role.Any(char.IsControl)).WithMessage("A role has 1 to 64 characters and no space around it.");
        }

        private static bool IsDomain(string domain) => domain.Length == 0 || Uri.CheckHostName(domain) == UriHostNameType.Dns;
    }

    internal sealed class Handler(StorageSession storage) : ICommandHandler<Command, OrganizationRow>
    {
        public async ValueTask<OrganizationRow> Handle(Command command, CancellationToken cancellationToken)
        {
            var row = await OrganizationRow.FindAsync(storage, command.Organization);
            var rules = row.Rules;
            rules = rules with
            {
                EmailDomains = command.EmailDomains is null
                    ? rules.EmailDomains
                    : [.. command.EmailDomains.Where(domain => domain.Length > 0).Select(FoldedKey.Of).Distinct()],
                Roles = command.Roles ?? rules.Roles,
                DefaultRole = command.DefaultRole ?? rules.DefaultRole,
                Strict = command.Strict ?? rules.Strict,
            };
            if (!rules.Roles.Contains(rules.DefaultRole))
            {
                throw ScimException.InvalidValue(
                    $"The default role '{rules.DefaultRole}' is not one of the roles {string.Join(", ", rules.Roles)}; set --default-role to one of them.");
            }

            await storage.Connection.ExecuteAsync(
                "update organizations set settings = @settings where id = @id", new { settings = rules.ToJson(), id = row.Id });
            return row with { Settings = rules.ToJson() };
        }
    }
}
