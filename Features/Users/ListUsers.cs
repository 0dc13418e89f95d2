using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Memberships;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>GET /Users and POST /Users/.search: the users that a filter selects, in an order, by pages. RFC 7644 §3.4.2, §3.4.3, RFC 9865 §2.</summary>
public static class ListUsers
{
    /// <summary>Asked where there is a filter, which mostly finds one user.</summary>
    private const string IsMember = $", null, {ServedUser.Membership}";

    public static Query From(ScimRequest request) => From(request, SearchRequest.FromQuery(request)) with { IsInUrl = true };

    public static Query FromSearch(ScimRequest request) => From(request, SearchRequest.FromBody(request));

    private static Query From(ScimRequest request, SearchRequest search)
    {
        var type = request.Schemas.User;
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

    internal sealed class Handler(IDatabase database, StorageSession storage, CurrentOrganization organization, ScanTurns turns, TimeProvider clock) : IQueryHandler<Query, ScimResponse>
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
            var where = "u.organization_id = @organizationId";
            if (query.Filter is not null)
            {
                where += $" and {new FilterToSql(query.Type, UserTable.Of(organization.Settings), storage.Dialect, parameters).Compile(query.Filter)}";
            }

            var order = new SortToSql(query.Sort, UserTable.Filtered, storage.Dialect);
            var searches = query.Filter is null ? order.IsIndexed : new FilterToSql(query.Type, UserTable.Of(organization.Settings), storage.Dialect, parameters).IsSearch(query.Filter);
            using var turn = searches ? null : await turns.TakeAsync(organization.Id, cancellationToken);
            UserTable.AddUrls(where + order.Key, parameters, query.Urls);

            var page = query.Page.Count == 0 ? new ResourcePage([], HasMore: true) : await PageAsync(query, order, from, where, parameters, cancellationToken);
            var users = await UsersAsync(query, page, from, cancellationToken);
            page = page.Shortened(users.Count, from);
            var total = from?.Total ?? await TotalAsync(query, page, where, parameters, cancellationToken);
            var (next, previous) = seal is null ? default : page.Cursors(seal, query.Cursor!, from, query.Page.Count, total);
            return new ScimResponse.List(new ListResponse(total, seal is null ? query.Page.StartIndex : null, users, query.Selection)
            {
                Filter = query.Filter,
                NextCursor = next,
                PreviousCursor = previous,
            });
        }

        private ValueTask<IReadOnlyList<StoredResource>> UsersAsync(Query query, ResourcePage page, Cursor? from, CancellationToken cancellationToken)
        {
            var users = page.Resources.Select(placed => placed.Resource).ToArray();
            return page.Resources.Any(placed => placed.IsMember) && ServedUser.ShowsGroups(query.Selection)
                ? GroupsOfUsers.SpliceAsync(storage, organization.Id, users, from is { Backward: true }, query.Urls, cancellationToken)
                : ValueTask.FromResult<IReadOnlyList<StoredResource>>(users);
        }

        private ValueTask<ResourcePage> PageAsync(Query query, SortToSql order, Cursor? from, string where, SqlParameters parameters, CancellationToken cancellationToken)
        {
            var member = "";
            if (query.Filter is not null)
            {
                member = IsMember;
            }

            return storage.PageAsync(
                order,
                part => part.IsById
                    ? $"select {ServedUser.Columns}, u.id, null{member} from users u where {where} and {part.Condition} order by {part.Order} limit @limit offset @offset"
                    : $"""
                    select {ServedUser.Columns}, u.id, {part.Key}
                    from (select u.id from users u where {where} and {part.Condition} order by {part.Order} limit @limit offset @offset) page
                    join users u on u.organization_id = @organizationId and u.id = page.id
                    order by {part.Order}
                    """,
                parameters,
                query.Cursor is not null,
                from,
                query.Page.StartIndex - 1,
                query.Page.Count,
                Page.MaxBytes,
                cancellationToken);
        }

        /// <summary>Counted only where the page does not tell: a first page behind which nothing follows is the whole result.</summary>
        private async ValueTask<long> TotalAsync(Query query, ResourcePage page, string where, SqlParameters parameters, CancellationToken cancellationToken)
        {
            if (query.Filter is null)
            {
                return await storage.NumberAsync(
                    "select coalesce(sum(total), 0) from resource_counts where organization_id = @organizationId and resource_type = 'User'",
                    parameters,
                    cancellationToken);
            }

            return query.Page.StartIndex == 1 && !page.HasMore
                ? page.Resources.Count
                : await storage.NumberAsync($"select count(*) from users u where {where}", parameters, cancellationToken);
        }
    }
}
