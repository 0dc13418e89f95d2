using FluentValidation;
using Mediator;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Search;

/// <summary>GET / and POST /.search: resources of all types in one result. RFC 7644 §3.4.2.1, §3.4.3, RFC 9865 §2.</summary>
public static class SearchResources
{
    private const string Endpoint = "/";

    public static Query From(ScimRequest request) => From(request, SearchRequest.FromQuery(request)) with { IsInUrl = true };

    public static Query FromSearch(ScimRequest request) => From(request, SearchRequest.FromBody(request));

    private static Query From(ScimRequest request, SearchRequest search) => new(
        request, search.Filter is null ? null : FilterParser.Parse(search.Filter, request.Schemas.Any, request.Quirks, request.Limits), search.Page)
    {
        Search = search,
        Cursor = search.Continued(Endpoint),
    };

    /// <param name="Filter">As it was parsed; what it means depends on the type.</param>
    public sealed record Query(ScimRequest Request, Filter? Filter, Page Page) : IQuery<ScimResponse>
    {
        public required SearchRequest Search { get; init; }

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

    internal sealed class Handler(
        UnitOfWork unitOfWork, IDatabase database, StorageSession storage, CurrentOrganization organization, IEnumerable<IResourceSource> sources, ScanTurns turns, TimeProvider clock) : IQueryHandler<Query, ScimResponse>
    {
        public async ValueTask<ScimResponse> Handle(Query query, CancellationToken cancellationToken)
        {
            var seal = query.Cursor is null ? null : await organization.SealAsync(database, clock, cancellationToken);
            var from = query.Cursor is { IsFirst: false } ? seal!.Open(query.Cursor, query.Page.Count) : null;
            var parameters = new SqlParameters().With("organizationId", organization.Id);
            var types = SearchedType.Of(query.Request, query.Search, query.Filter, [.. sources.OrderBy(source => source.Place, StringComparer.Ordinal)], organization.Settings, storage.Dialect, parameters);
            if (query.IsInUrl)
            {
                organization.RefuseInUrl(types.SelectMany(type => type.FilteredBy), "");
            }

            using var turn = types.All(type => type.IsSearch) ? null : await turns.TakeAsync(organization.Id, cancellationToken);
            var page = query.Page.Count == 0 ? new ResourcePage([], HasMore: true) : await PageAsync(query, types, from, parameters, cancellationToken);
            var total = from?.Total ?? await TotalAsync(query, page, types, parameters, cancellationToken);
            var (next, previous) = seal is null ? default : page.Cursors(seal, query.Cursor!, from, query.Page.Count, total);
            var list = new ListResponse(total, seal is null ? query.Page.StartIndex : null, [.. page.Resources.Select(placed => placed.Resource)], null)
            {
                Filter = query.Filter,
                NextCursor = next,
                PreviousCursor = previous,
            };
            return new StreamedList(list, (resource, token) =>
            {
                var type = types.First(type => resource.Location.StartsWith($"{type.Type.Endpoint}/", StringComparison.Ordinal));
                return unitOfWork.ReadAsync(
                    retried => type.Source.OpenAsync(storage, organization.Id, resource, type.Selection, query.Request.Urls, retried), token);
            });
        }

        /// <summary>Counted only where neither the page nor the counts that are kept tell.</summary>
        private async ValueTask<long> TotalAsync(
            Query query, ResourcePage page, IReadOnlyList<SearchedType> types, SqlParameters parameters, CancellationToken cancellationToken) =>
            query.Filter is null
                ? await storage.NumberAsync("select coalesce(sum(total), 0) from resource_counts where organization_id = @organizationId", parameters, cancellationToken)
                : query.Page.StartIndex == 1 && !page.HasMore ? page.Resources.Count
                : await storage.NumberAsync(SearchSql.Count([.. types.Select(type => type.Sql)]), parameters, cancellationToken);

        private async ValueTask<ResourcePage> PageAsync(Query query, IReadOnlyList<SearchedType> types, Cursor? from, SqlParameters parameters, CancellationToken cancellationToken)
        {
            var sorted = !string.IsNullOrEmpty(query.Search.SortBy);
            var descending = sorted && types.Any(type => type.Sort is { Descending: true });
            var sql = SearchSql.Page([.. types.Select(type => type.Sql)], sorted, descending, from, parameters);
            var places = await storage.ReadAsync(
                sql,
                parameters.With("limit", query.Page.Count + 1).With("offset", query.Page.StartIndex - 1).With("reach", (long)query.Page.Count + query.Page.StartIndex),
                static async (_, rows, token) =>
                {
                    var read = new List<(string Place, string Id, string? Key)>();
                    while (await rows.ReadAsync(token))
                    {
                        read.Add((rows.GetString(0), rows.GetString(1), rows.IsDBNull(3) ? null : rows.GetString(3)));
                    }

                    return read;
                },
                cancellationToken);
            var hasMore = places.Count > query.Page.Count;
            var found = new List<PlacedResource>();
            long bytes = 0;
            foreach (var chunk in places.Take(query.Page.Count).Chunk(SearchedType.Chunk))
            {
                if (bytes >= Page.MaxBytes)
                {
                    hasMore = true;
                    break;
                }

                foreach (var placed in await ReadAsync(types, chunk, cancellationToken))
                {
                    bytes += placed.Resource.Document.Length;
                    found.Add(placed);
                }
            }

            if (from is { Backward: true })
            {
                found.Reverse();
            }

            return new ResourcePage(found, hasMore);
        }

        /// <summary>The resources of these places, in their order, but for those that were deleted since.</summary>
        private async ValueTask<IReadOnlyList<PlacedResource>> ReadAsync(
            IReadOnlyList<SearchedType> types, (string Place, string Id, string? Key)[] places, CancellationToken cancellationToken)
        {
            var found = new Dictionary<string, StoredResource>();
            foreach (var type in types)
            {
                var ids = places.Where(place => place.Place == type.Source.Place).Select(place => place.Id).ToArray();
                if (ids.Length > 0)
                {
                    foreach (var (id, resource) in await type.Source.ReadAsync(storage, organization.Id, ids, cancellationToken))
                    {
                        found[id] = resource;
                    }
                }
            }

            return [.. places.Where(place => found.ContainsKey(place.Id)).Select(place => new PlacedResource(found[place.Id], place.Id, place.Key))];
        }
    }
}
