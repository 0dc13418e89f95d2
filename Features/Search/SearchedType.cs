using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Infrastructure.Storage;

namespace ScimSlice.Features.Search;

/// <summary>What a search over all resources means for one type.</summary>
/// <param name="FilteredBy">The full names of the attributes that the filter names.</param>
/// <param name="IsSearch">Whether a page is read without reading the rest.</param>
internal sealed record SearchedType(IResourceSource Source, ResourceType Type, AttributeSelection? Selection, Sort? Sort, SearchSql Sql, IReadOnlyList<string> FilteredBy, bool IsSearch)
{
    /// <summary>Resources that are read together.</summary>
    public const int Chunk = 20;

    /// <summary>Throws 400 invalidFilter or invalidValue for an attribute that no type has.</summary>
    public static IReadOnlyList<SearchedType> Of(
        ScimRequest request, SearchRequest search, Filter? filter, IReadOnlyList<IResourceSource> sources, OrganizationSettings settings, ISqlDialect dialect, SqlParameters parameters)
    {
        ResourceType[] types = [.. sources.Select(source => source.TypeOf(request.Schemas))];
        var known = new HashSet<string>(StringComparer.Ordinal);
        Filter?[] filters = [.. types.Select(type => filter is null ? null : FilterRules.CheckWhereKnown(filter, type, request.Quirks, known))];
        if (filter is not null)
        {
            FilterRules.RefuseUnknown(filter, known);
        }

        var sorts = Sort.OfSeveral(search.SortBy, search.SortOrder, types);
        return
        [
            .. sources.Select((source, index) =>
            {
                var table = source.TableOf(settings);
                var where = $"{table.Alias}.organization_id = @organizationId";
                if (filters[index] is { } checkedFilter)
                {
                    where += $" and {new FilterToSql(types[index], table, dialect, parameters).Compile(checkedFilter)}";
                }

                var key = sorts[index] is { } sort ? new SortToSql(sort, table, dialect, amongTypes: true).Key : null;
                source.AddUrls(where + key, parameters, request.Urls);
                return new SearchedType(
                    source,
                    types[index],
                    AttributeSelection.Of(types[index], search.Attributes, search.ExcludedAttributes),
                    sorts[index],
                    new SearchSql(source.Rows, source.Place, table.Alias, where, key),
                    filters[index] is { } named ? [.. FilterRules.Names(named, types[index])] : [],
                    filters[index] is { } searched ? new FilterToSql(types[index], table, dialect, parameters).IsSearch(searched) : string.IsNullOrEmpty(search.SortBy));
            }),
        ];
    }
}
