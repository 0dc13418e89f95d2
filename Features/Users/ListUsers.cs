using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Users;

/// <summary>GET /Users and POST /Users/.search: the users that a filter selects, by pages. RFC 7644 §3.4.2, §3.4.3.</summary>
public static class ListUsers
{
    public static Query From(ScimRequest request) => From(request, SearchRequest.FromQuery(request));

    public static Query FromSearch(ScimRequest request) => From(request, SearchRequest.FromBody(request.Body));

    private static Query From(ScimRequest request, SearchRequest search)
    {
        var type = request.Schemas.User;
        var filter = search.Filter is null
            ? null
            : FilterRules.Check(FilterParser.Parse(search.Filter, type, request.Quirks), type, request.Quirks);
        return new Query(type, filter, search.Page, AttributeSelection.Of(type, search.Attributes, search.ExcludedAttributes));
    }

    public sealed record Query(ResourceType Type, Filter? Filter, Page Page, AttributeSelection? Selection) : IQuery<ScimResponse>;

    public sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(query => query.Page.StartIndex).GreaterThanOrEqualTo(1);
            RuleFor(query => query.Page.Count).InclusiveBetween(0, Page.MaxCount);
        }
    }

    internal sealed class Handler(StorageSession storage, CurrentOrganization organization) : IQueryHandler<Query, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            var parameters = new SqlParameters().With("organizationId", organization.Id).With("count", query.Page.Count).With("offset", query.Page.StartIndex - 1);
            var where = "u.organization_id = @organizationId";
            if (query.Filter is not null)
            {
                where += $" and {new FilterToSql(query.Type, UserTable.Filtered, storage.Dialect, parameters).Compile(query.Filter)}";
            }

            var users = query.Page.Count == 0
                ? []
                : await storage.ResourcesAsync(
                    $"select {ServedUser.Columns} from users u where {where} order by u.id limit @count offset @offset", parameters, Page.MaxBytes, cancellationToken);
            var total = await TotalAsync(query, users, where, parameters, cancellationToken);
            return new ScimResponse.List(new ListResponse(total, query.Page.StartIndex, users, query.Selection));
        }

        /// <summary>Counted only where the page does not tell: a first page that is full in no way is the whole result.</summary>
        private async ValueTask<long> TotalAsync(Query query, List<StoredResource> found, string where, SqlParameters parameters, CancellationToken cancellationToken)
        {
            if (query.Filter is null)
            {
                return await storage.NumberAsync(
                    "select coalesce(sum(total), 0) from resource_counts where organization_id = @organizationId and resource_type = 'User'",
                    parameters,
                    cancellationToken);
            }

            return query.Page.StartIndex == 1 && found.Count < query.Page.Count && found.Sum(user => (long)user.Document.Length) < Page.MaxBytes
                ? found.Count
                : await storage.NumberAsync($"select count(*) from users u where {where}", parameters, cancellationToken);
        }
    }
}
