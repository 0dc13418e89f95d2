using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Audit;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary>
/// At the start: makes sure of the configured organization and token, or, where none is configured and the database is empty,
/// of the organization <c>default</c> with a token of its own.
/// </summary>
public static class BootstrapOrganization
{
    public const string DefaultName = "default";

    /// <param name="Name">The configured organization, null for none.</param>
    /// <param name="Secret">The configured token, null for none.</param>
    public sealed record Command(string? Name, string? Secret) : ICommand<IssuedToken?>, IPrepared;

    public sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(command => command.Secret).Must(secret => secret is null || secret.Length >= BearerToken.MinLength)
            .WithMessage($"A bootstrap token has at least {BearerToken.MinLength} characters.");
    }

    internal sealed class Handler(StorageSession storage, AuditTrail trail, TimeProvider clock) : ICommandHandler<Command, IssuedToken?>
    {
        /// <summary>The token that was made here and has to be shown; null where there was nothing to make or nothing to show.</summary>
        public async ValueTask<IssuedToken?> Handle(Command command, CancellationToken cancellationToken)
        {
            // Looked at beside other changes: most starts have nothing to do here, and shall wait for no writer.
            if (await IsDoneAsync(command))
            {
                return null;
            }

            await storage.TurnAsync(cancellationToken);
            var now = clock.GetUtcNow();
            if (command.Secret is { } secret)
            {
                var configured = command.Name ?? DefaultName;
                var organization = await OrganizationRow.InsertAsync(storage, configured, now) ?? await OrganizationRow.FindAsync(storage, configured);
                if (await TokenRow.InsertAsync(storage, organization.Id, "bootstrap", TokenScope.Write, secret, now, expires: null) is { } bootstrap)
                {
                    trail.Changed(organization.Id, "Token", bootstrap.Id);
                }
                else
                {
                    await RefuseForeignAsync(organization, secret);
                }

                return null;
            }

            if (command.Name is null
                && await storage.Connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from organizations limit 1) any_organization") > 0)
            {
                return null;
            }

            if (await OrganizationRow.InsertAsync(storage, command.Name ?? DefaultName, now) is not { } created)
            {
                // It is there already, or another server of the same first start was faster and shows the token.
                return null;
            }

            var token = BearerToken.Create();
            var row = await TokenRow.InsertAsync(storage, created.Id, "first start", TokenScope.Write, token, now, expires: null);
            trail.Changed(created.Id, "Organization", created.Id);
            trail.Changed(created.Id, "Token", row!.Id);
            return new IssuedToken(created, row, token);
        }

        private async Task<bool> IsDoneAsync(Command command)
        {
            var nameKey = FoldedKey.Of(command.Name ?? DefaultName);
            if (command.Secret is { } secret)
            {
                var owner = await FindOwnerAsync(secret);
                return owner is not null
                    && owner == await storage.Connection.ExecuteScalarAsync<string>("select id from organizations where name_key = @nameKey", new { nameKey });
            }

            return await storage.Connection.ExecuteScalarAsync<long>(
                "select count(*) from (select 1 from organizations where @anyName or name_key = @nameKey limit 1) there",
                new { anyName = command.Name is null, nameKey }) > 0;
        }

        /// <summary>One secret must not open two organizations, and a revoked one stays revoked.</summary>
        private async Task RefuseForeignAsync(OrganizationRow organization, string secret)
        {
            if (await FindOwnerAsync(secret) != organization.Id)
            {
                throw ScimException.Conflict("The bootstrap token belongs to another organization; configure a token of its own.");
            }
        }

        /// <summary>The id of the organization that the token belongs to, null where there is no such token.</summary>
        private Task<string?> FindOwnerAsync(string secret) => storage.Connection.ExecuteScalarAsync<string>(
            "select organization_id from tokens where hash = @hash", new { hash = BearerToken.Hash(secret) });
    }
}
