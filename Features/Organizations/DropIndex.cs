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

    private sealed record Place(string ValueKey, string Id);

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
            var key = new { organizationId = command.OrganizationId, command.Attribute, before = BatchSize - 1 };
            // Up to a place in the order of the key: a list of values would be compared each with each where the planner knows nothing of the table yet.
            var last = await storage.Connection.QuerySingleOrDefaultAsync<Place>(
                "select value_key, id from user_lookups where organization_id = @organizationId and attribute = @Attribute order by value_key, id limit 1 offset @before",
                key);
            if (last is not null)
            {
                await storage.Connection.ExecuteAsync(
                    "delete from user_lookups where organization_id = @organizationId and attribute = @Attribute and (value_key, id) <= (@ValueKey, @Id)",
                    new { key.organizationId, key.Attribute, last.ValueKey, last.Id });
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
