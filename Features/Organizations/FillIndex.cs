using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org set NAME --index ATTR</c>: fills in the values of users who were there before, some at a time, so that no request waits long.</summary>
public static class FillIndex
{
    /// <summary>Users whose values one change fills in.</summary>
    public const int BatchSize = 2000;

    /// <param name="After">The last user of the batch before; empty for the first.</param>
    public sealed record Command(string OrganizationId, string Attribute, string After) : ICommand<string?>;

    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage) : ICommandHandler<Command, string?>
    {
        /// <summary>The last user of the batch; null where there was none left.</summary>
        public async ValueTask<string?> Handle(Command command, CancellationToken cancellationToken)
        {
            var key = new { organizationId = command.OrganizationId, command.Attribute, command.After, count = BatchSize };

            // Locked: a user who is being changed would be read as before, and an entry be left over that no change takes away.
            var batch = (await storage.Connection.QueryAsync<string>(
                $"select u.id from users u where u.organization_id = @organizationId and u.id > @After order by u.id limit @count{storage.Dialect.Locking("u")}",
                key)).AsList();
            if (batch.Count == 0)
            {
                return null;
            }

            await storage.Connection.ExecuteAsync(
                """
                insert into user_lookups (organization_id, attribute, value_key, id, type_key)
                select organization_id, attribute, value_key, id, type_key from user_values
                where organization_id = @organizationId and attribute = @Attribute and id > @After and id <= @last
                on conflict do nothing
                """,
                new { key.organizationId, key.Attribute, key.After, last = batch[^1] });
            return batch[^1];
        }
    }
}
