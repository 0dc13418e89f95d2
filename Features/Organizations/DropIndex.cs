using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org set NAME --index ATTR</c>: removes the values of an attribute that is not asked for any more, some at a time.</summary>
public static class DropIndex
{
    /// <summary>Values that one change removes.</summary>
    public const int BatchSize = 5000;

    public sealed record Command(string OrganizationId, string Attribute) : ICommand<bool>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage) : ICommandHandler<Command, bool>
    {
        /// <summary>Whether some are left. Throws 409 where filters use them again.</summary>
        public async ValueTask<bool> Handle(Command command, CancellationToken cancellationToken)
        {
            var organization = await OrganizationRow.FindLockedAsync(storage, command.OrganizationId);
            if (organization.Rules.Indexed.Contains(command.Attribute))
            {
                throw ScimException.Conflict($"{command.Attribute} was marked again meanwhile.");
            }

            // While the attribute's row is there, changes keep its values: broken off here, nothing is left over that nobody knows of.
            var key = new { organizationId = command.OrganizationId, command.Attribute, count = BatchSize };
            var removed = await storage.Connection.ExecuteAsync(
                """
                delete from user_lookups where organization_id = @organizationId and attribute = @Attribute and (value_key, id) in (
                    select l.value_key, l.id from user_lookups l where l.organization_id = @organizationId and l.attribute = @Attribute limit @count)
                """,
                key);
            if (removed == BatchSize)
            {
                return true;
            }

            // Few are left at most. From here on no change adds any.
            await storage.Connection.ExecuteAsync(storage.Dialect.WaitForWriters("users"));
            await storage.Connection.ExecuteAsync("delete from indexed_attributes where organization_id = @organizationId and attribute = @Attribute", key);
            await storage.Connection.ExecuteAsync("delete from user_lookups where organization_id = @organizationId and attribute = @Attribute", key);
            return false;
        }
    }
}
