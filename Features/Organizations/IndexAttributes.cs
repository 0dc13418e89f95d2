using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Organizations;

/// <summary><c>org set NAME --index ATTR</c>: begins to keep the values of further attributes where they are found fast.</summary>
public static class IndexAttributes
{
    /// <param name="Attributes">All that shall be kept from now on.</param>
    public sealed record Command(string Organization, IReadOnlyList<string> Attributes) : ICommand<Result>;

    /// <param name="Attributes">Their full names.</param>
    /// <param name="Added">Those of them whose values are not complete yet.</param>
    /// <param name="Dropped">What is kept and shall not be any more.</param>
    public sealed record Result(OrganizationRow Organization, IReadOnlyList<string> Attributes, IReadOnlyList<string> Added, IReadOnlyList<string> Dropped);

    /// <summary>The names are judged by the organization's schemas.</summary>
    public sealed class Validator : AbstractValidator<Command>;

    internal sealed class Handler(StorageSession storage, SchemaCatalogue schemas) : ICommandHandler<Command, Result>
    {
        public async ValueTask<Result> Handle(Command command, CancellationToken cancellationToken)
        {
            // A change under way would not see the rows below, and be missed by what fills in who is there already.
            await storage.Connection.ExecuteAsync(storage.Dialect.WaitForWriters("users"));
            var row = await OrganizationRow.FindLockedAsync(storage, (await OrganizationRow.FindAsync(storage, command.Organization)).Id);
            var attributes = IndexedAttribute.Read(command.Attributes, schemas.Of(row.Name, row.Rules).User);
            var complete = new HashSet<string>(row.Rules.Indexed);
            foreach (var attribute in attributes)
            {
                if (!await IndexedAttribute.KeepAsync(storage, row.Id, attribute))
                {
                    complete.Remove(attribute.ToString());
                }
            }

            var names = attributes.Select(attribute => attribute.ToString()).ToArray();
            var kept = await storage.Connection.QueryAsync<string>(
                "select attribute from indexed_attributes where organization_id = @organizationId order by attribute", new { organizationId = row.Id });
            return new Result(row, names, [.. names.Except(complete)], [.. kept.Except(names)]);
        }
    }
}
