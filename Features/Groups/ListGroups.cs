using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Groups;

/// <summary>GET /Groups and POST /Groups/.search: the groups that a filter selects, in an order, by pages. RFC 7644 §3.4.2, §3.4.3, RFC 9865 §2.</summary>
public static class ListGroups
{
    public static Query From(ScimRequest request) => From(request, SearchRequest.FromQuery(request)) with { IsInUrl = true };

    public static Query FromSearch(ScimRequest request) => From(request, SearchRequest.FromBody(request));

    private static Query From(ScimRequest request, SearchRequest search)
    {
        var type = request.Schemas.Group;
        var filter = search.Filter is null
            ? null
            : FilterRules.Check(FilterParser.Parse(search.Filter, type, request.Quirks, request.Limits), type, request.Quirks);
        return new Query(type, filter, search.Page, AttributeSelection.Of(type, search.Attributes, search.ExcludedAttributes), request.Urls)
        {
            Sort = Sort.Of(search.SortBy, search.SortOrder, type),
            Cursor = search.Continued(type.Endpoint),
        };
    }

    public sealed record Query(ResourceType Type, Filter? Filter, Page Page, AttributeSelection? Selection, PublicUrls Urls) : IQuery<ScimResponse>
    {
        public Sort? Sort { get; init; }

        /// <summary>Whether the filter stands in the URL, and so in the logs of whatever lies between.</summary>
        public bool IsInUrl { get; init; }

        /// <summary>Null where the client pages by index.</summary>
        public CursorRequest? Cursor { get; init; }
    }

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(query => query.Page.StartIndex).GreaterThanOrEqualTo(1);
            RuleFor(query => query.Page.Count).InclusiveBetween(0, ScimLimits.Ceiling.MaxPageSize);
        }
    }

    internal sealed class Handler(UnitOfWork unitOfWork, IDatabase database, StorageSession storage, CurrentOrganization organization, ScanTurns turns, TimeProvider clock) : IQueryHandler<Query, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            if (query is { IsInUrl: true, Filter: not null })
            {
                organization.RefuseInUrl(FilterRules.Names(query.Filter, query.Type), query.Type.Endpoint);
            }

            var seal = query.Cursor is null ? null : await organization.SealAsync(database, clock, cancellationToken);
            var from = query.Cursor is { IsFirst: false } ? seal!.Open(query.Cursor, query.Page.Count) : null;
            var parameters = new SqlParameters().With("organizationId", organization.Id);
            var where = "g.organization_id = @organizationId";
            if (query.Filter is not null)
            {
                where += $" and {new FilterToSql(query.Type, GroupTable.Filtered, storage.Dialect, parameters).Compile(query.Filter)}";
            }

            var order = new SortToSql(query.Sort, GroupTable.Filtered, storage.Dialect);
            var searches = query.Filter is null ? order.IsIndexed : new FilterToSql(query.Type, GroupTable.Filtered, storage.Dialect, parameters).IsSearch(query.Filter);
            using var turn = searches ? null : await turns.TakeAsync(organization.Id, cancellationToken);
            GroupTable.AddUrls(where + order.Key, parameters, query.Urls);

            var page = query.Page.Count == 0 ? new ResourcePage([], HasMore: true) : await PageAsync(query, order, from, where, parameters, cancellationToken);
            var total = from?.Total ?? await TotalAsync(query, page, where, parameters, cancellationToken);
            var (next, previous) = seal is null ? default : page.Cursors(seal, query.Cursor!, from, query.Page.Count, total);
            var groups = page.Resources.Select(placed => placed.Resource).ToArray();
            var list = new ListResponse(total, seal is null ? query.Page.StartIndex : null, groups, query.Selection) { Filter = query.Filter, NextCursor = next, PreviousCursor = previous };
            return GroupStream.ShowsMembers(query.Selection)
                ? new StreamedList(list, (group, token) => unitOfWork.ReadAsync(
                    async retried => (IResourceStream?)await GroupStream.TryOpenAsync(storage, organization.Id, group.Id, query.Selection, query.Urls, page: null, retried)
                        ?? GroupStream.Of(group, query.Selection, query.Urls),
                    token))
                : new ScimResponse.List(list);
        }

        private ValueTask<ResourcePage> PageAsync(Query query, SortToSql order, Cursor? from, string where, SqlParameters parameters, CancellationToken cancellationToken) => storage.PageAsync(
            order,
            part => part.IsById
                ? $"select {GroupTable.Served}, g.id, null, g.last_modified_at from groups g where {where} and {part.Condition} order by {part.Order} limit @limit offset @offset"
                : $"""
                select {GroupTable.Served}, g.id, {part.Key}, g.last_modified_at
                from (select g.id from groups g where {where} and {part.Condition} order by {part.Order} limit @limit offset @offset) page
                join groups g on g.organization_id = @organizationId and g.id = page.id
                order by {part.Order}
                """,
            parameters,
            query.Cursor is not null,
            from,
            query.Page.StartIndex - 1,
            query.Page.Count,
            Page.MaxBytes,
            cancellationToken);

        /// <summary>Counted only where the page does not tell: a first page behind which nothing follows is the whole result.</summary>
        private async ValueTask<long> TotalAsync(Query query, ResourcePage page, string where, SqlParameters parameters, CancellationToken cancellationToken)
        {
            if (query.Filter is null)
            {
                return await storage.NumberAsync(
                    "select coalesce(sum(total), 0) from resource_counts where organization_id = @organizationId and resource_type = 'Group'",
                    parameters,
                    cancellationToken);
            }

            return query.Page.StartIndex == 1 && !page.HasMore
                ? page.Resources.Count
                : await storage.NumberAsync($"select count(*) from groups g where {where}", parameters, cancellationToken);
        }
    }
}
