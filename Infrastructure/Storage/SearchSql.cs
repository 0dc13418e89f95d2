using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// Statements over resources of several types as one ordered result: by type and id, or by a sort key, those without one last, then by id.
/// RFC 7644 §3.4.2.1, §3.4.2.3.
/// </summary>
/// <param name="Rows">The table of one type and its alias.</param>
/// <param name="Place">The type's place where no order is asked for.</param>
/// <param name="Where">Which of its resources belong to the result, the organization outermost.</param>
/// <param name="Key">The sort key; null where the type has none.</param>
public sealed record SearchSql(string Rows, string Place, string Alias, string Where, string? Key)
{
    /// <summary>
    /// A page of what the types have together: columns place, id, missing and key; it takes the parameters <c>limit</c>, <c>offset</c> and
    /// <c>reach</c>, their sum: of each type, no more are looked at together.
    /// </summary>
    public static string Page(IReadOnlyList<SearchSql> types, bool sorted, bool descending, Cursor? from, SqlParameters parameters)
    {
        var down = descending != (from?.Backward ?? false);
        var way = down ? " desc" : "";
        if (from is not null)
        {
            parameters.With("afterId", from.Id);
            if (from.Key is not null)
            {
                parameters.With("afterKey", from.Key);
            }
        }

        var selects = types.Select((type, index) => $"""
            select place, id, missing, sort_key from (
                select '{type.Place}' as place, {type.Alias}.id as id, case when {type.SortKey(sorted)} is null then 1 else 0 end as missing, {type.SortKey(sorted)} as sort_key
                from {type.Rows} where {type.Where} and {(from is null ? "1 = 1" : sorted ? type.Beyond(from, down) : type.BeyondInOrder(from, down))}
                order by {(sorted ? $"missing{way}, sort_key{way}, " : "")}{type.Alias}.id{way} limit @reach) part{index}
            """);
        return $"{string.Join(" union all ", selects)} order by missing{way}, sort_key{way}, id{way} limit @limit offset @offset";
    }

    /// <summary>How many resources of all types belong to the result.</summary>
    public static string Count(IReadOnlyList<SearchSql> types) =>
        $"select {string.Join(" + ", types.Select(type => $"(select count(*) from {type.Rows} where {type.Where})"))}";

    /// <summary>Text on every engine, which a null that is only a null is not.</summary>
    private string SortKey(bool sorted) => sorted ? $"cast({Key ?? "null"} as text)" : $"'{Place}'";

    private string Beyond(Cursor from, bool down)
    {
        var (key, id) = (SortKey(sorted: true), $"{Alias}.id");
        var sign = down ? '<' : '>';
        return (from.Key, down) switch
        {
            (null, false) => $"({key} is null and {id} > @afterId)",
            (null, true) => $"(({key} is null and {id} < @afterId) or {key} is not null)",
            (_, false) => $"({key} is null or {key} {sign} @afterKey or ({key} = @afterKey and {id} {sign} @afterId))",
            _ => $"({key} {sign} @afterKey or ({key} = @afterKey and {id} {sign} @afterId))",
        };
    }

    /// <summary>In the order of the types the place is a range of one type's ids, and the other types are in it as a whole or not at all.</summary>
    private string BeyondInOrder(Cursor from, bool down)
    {
        var place = string.CompareOrdinal(Place, from.Key);
        return place == 0 ? $"{Alias}.id {(down ? '<' : '>')} @afterId" : place > 0 != down ? "1 = 1" : "1 = 0";
    }
}
