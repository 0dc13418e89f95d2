using Dapper;
using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Http;
using ScimSlice.Infrastructure.Mediation;
using ScimSlice.Infrastructure.OpenApi;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Events;

/// <summary>GET /api/v1/groups: the groups as they are, without their members, from which a new reader of the events begins.</summary>
public static class ListSnapshotGroups
{
    private const string Kind = "groups";

    public static ApiOperation Operation { get; } = new(nameof(ListSnapshotGroups), "The groups as they are, without their members")
    {
        Parameters = SnapshotPlace.Parameters,
        Answer = SnapshotPage.Schema("GroupSnapshot", Kind, SnapshotRow.Schema),
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
            await foreach (var row in storage.Connection.QueryUnbufferedAsync<SnapshotRow>(
                "select g.id, g.version, g.document from groups g where g.organization_id = @organizationId and g.id > @after order by g.id limit @count",
                new { organizationId = organization.Id, after = query.Place.After, count = query.Place.Limit + 1 }).WithCancellation(cancellationToken))
            {
                if (!page.TryAdd(row.Id, row.Document.Length, json => row.WriteTo(json, organization.Schemas.Group)))
                {
                    break;
                }
            }

            return page;
        }
    }
}
