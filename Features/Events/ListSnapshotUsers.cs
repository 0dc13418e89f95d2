using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Events;

/// <summary>GET /api/v1/users: the users as they are, from which a new reader of the events begins.</summary>
public static class ListSnapshotUsers
{
    private const string Kind = "users";

    public static ApiOperation Operation { get; } = new(nameof(ListSnapshotUsers), "The users as they are, from which a new reader of the events begins")
    {
        Parameters = SnapshotPlace.Parameters,
        Answer = SnapshotPage.Schema("UserSnapshot", Kind, SnapshotRow.Schema),
    };

    public static Query From(ApiRequest request) => new(SnapshotPlace.Of(request));

    public sealed record Query(SnapshotPlace Place) : IQuery<SnapshotPage>, ISnapshotQuery;

    /// <summary>The request was checked as it was read.</summary>
    public sealed class Validator : AbstractValidator<Query>;

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization) : IQueryHandler<Query, SnapshotPage>
    {
        public async ValueTask<SnapshotPage> Handle(Query query, CancellationToken cancellationToken)
        {
            var position = await query.Place.PositionAsync(storage, organization.Id);
            var page = new SnapshotPage(Kind, position, query.Place.Limit);
            var shown = new List<string>();
            IReadOnlyDictionary<string, string[]> mapped = new Dictionary<string, string[]>();

            // As of the moment of the snapshot, which the rules that are remembered for the token may not be.
            var rules = (await OrganizationRow.FindAsync(storage, organization.Id)).Rules;
            await foreach (var row in storage.Connection.QueryUnbufferedAsync<SnapshotRow>(
                "select u.id, u.version, u.document from users u where u.organization_id = @organizationId and u.id > @after order by u.id limit @count",
                new { organizationId = organization.Id, after = query.Place.After, count = query.Place.Limit + 1 }).WithCancellation(cancellationToken))
            {
                if (!page.TryAdd(row.Id, row.Document.Length, json => row.WriteTo(
                    json, organization.Schemas.User, document => EffectiveRole.Highest(rules, document.Text("role"), mapped[row.Id]))))
                {
                    break;
                }

                shown.Add(row.Id);
            }

            var roles = await MappedRoles.ReadAsync(storage, organization.Id);
            mapped = (await roles.AboveAsync(shown)).ToDictionary(user => user.Key, user => roles.Of(user.Value).ToArray(), StringComparer.Ordinal);
            return page;
        }
    }
}
