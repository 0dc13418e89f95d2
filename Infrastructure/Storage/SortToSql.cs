using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;

namespace ScimSlice.Infrastructure.Storage;

/// <summary>
/// The order of a list in SQL: by comparison keys, so that both engines and all types order alike (code points), then by id, so that
/// pages fit together. Names come from the schemas and the table's column list. RFC 7644 §3.4.2.3.
/// </summary>
public sealed class SortToSql
{
    /// <summary>Characters of a value that count. Longer ones that agree so far are ordered by id; cursors hold such keys.</summary>
    private const int MaxKeyLength = 512;

    private readonly ResourceTable table;
    private readonly ISqlDialect dialect;
    private readonly string id;
    private readonly string? key;
    private readonly bool descending;
    private readonly bool isAlwaysAssigned;
    private readonly bool isUnique;

    /// <summary>Whether an index has the order, so that a page is read without the rest.</summary>
    public bool IsIndexed { get; } = true;

    /// <summary>The expression of the sort key; null where the order is that of the ids.</summary>
    public string? Key => key;

    /// <param name="amongTypes">Whether resources of other types are in the result, so that what is the same for all of one type tells them apart.</param>
    public SortToSql(Sort? sort, ResourceTable table, ISqlDialect dialect, bool amongTypes = false)
    {
        this.table = table;
        this.dialect = dialect;
        id = $"{table.Alias}.id";
        descending = sort?.Descending ?? false;
        if (sort is not null && (amongTypes || !IsTheSameForAll(sort.By)) && sort.By.Attribute != CommonAttributes.Id)
        {
            var name = sort.By.ToString();
            key = table.Columns.TryGetValue(name, out var column) ? column : $"substr({Text(sort.By)}, 1, {MaxKeyLength})";
            IsIndexed = table.Indexed.Contains(name);
            isAlwaysAssigned = table.AlwaysAssigned.Contains(name);
            isUnique = table.Unique.Contains(name);
        }
    }

    /// <summary>
    /// The parts that together are the result, in its order: all of it, or from a place on. With <paramref name="backward"/> they are
    /// in the opposite order, and so are the resources in each.
    /// </summary>
    public IReadOnlyList<SortPart> Parts(Cursor? from, bool backward, SqlParameters parameters)
    {
        var down = descending != backward;
        if (from is not null)
        {
            parameters.With("afterId", from.Id);
        }

        if (key is null)
        {
            return [ById("null", from is null ? null : Beyond(id, "@afterId", down), down)];
        }

        if (from?.Key is { } afterKey)
        {
            parameters.With("afterKey", afterKey);
        }

        var assigned = Assigned(from, down);
        if (isAlwaysAssigned)
        {
            return [assigned];
        }

        // Unassigned values are last in ascending order, first in descending order.
        var unassigned = ById(key, from is { Key: null } ? $"{key} is null and {Beyond(id, "@afterId", down)}" : $"{key} is null", down);
        return from switch
        {
            null => down ? [unassigned, assigned] : [assigned, unassigned],
            { Key: null } => down ? [unassigned, assigned with { Condition = $"{key} is not null" }] : [unassigned],
            _ => down ? [assigned] : [assigned, unassigned],
        };
    }

    /// <summary>The whole result as one part, for a page that begins somewhere in the middle: its index counts over both.</summary>
    public SortPart Whole()
    {
        var way = Way(descending);
        return key is null ? ById("null", null, descending)
            : isAlwaysAssigned ? Assigned(null, descending)
            : new SortPart(key, "1 = 1", $"case when {key} is null then 1 else 0 end{way}, {key}{way}, {id}{way}", IsById: false);
    }

    private SortPart ById(string keyed, string? condition, bool down) => new(keyed, condition ?? "1 = 1", $"{id}{Way(down)}", IsById: true);

    private SortPart Assigned(Cursor? from, bool down)
    {
        // That a comparison of pairs leaves out what is null is more than a partial index is told by it.
        var present = isAlwaysAssigned ? "1 = 1" : $"{key} is not null";
        var condition = from?.Key is null ? present
            : isUnique ? Beyond(key!, "@afterKey", down)
            : $"{present} and {Beyond($"({key}, {id})", "(@afterKey, @afterId)", down)}";
        return new SortPart(key!, condition, isUnique ? $"{key}{Way(down)}" : $"{key}{Way(down)}, {id}{Way(down)}", IsById: false);
    }

    private static string Beyond(string value, string place, bool down) => $"{value} {(down ? '<' : '>')} {place}";

    private static string Way(bool down) => down ? " desc" : "";

    /// <summary>What is the same for all, or in the order of the ids.</summary>
    private static bool IsTheSameForAll(ResolvedAttribute by) =>
        by.Extension is null && by.Attribute == CommonAttributes.Meta && by.SubAttribute?.Name is "resourceType" or "location";

    private string Text(ResolvedAttribute by)
    {
        if (table.Rows.TryGetValue((by with { SubAttribute = null }).ToString(), out var rows))
        {
            return $"(select {rows.Members[by.SubAttribute!.Name]("s")} from {rows.From("s", id)} order by {rows.Order("s")} limit 1)";
        }

        var search = $"{table.Alias}.search";
        string[] path = by.Extension is null ? [by.Attribute!.Name] : [by.Extension, by.Attribute!.Name];
        if (!by.Attribute.MultiValued)
        {
            return dialect.JsonText(search, by.SubAttribute is null ? path : [.. path, by.SubAttribute.Name]);
        }

        var first = dialect.JsonFirstText(search, path, by.SubAttribute?.Name);
        if (by.SubAttribute is null || by.Attribute.SubAttribute("primary") is not { } primary)
        {
            return first;
        }

        const string element = "s";
        var json = dialect.JsonElement(element);
        return $"coalesce((select {dialect.JsonText(json, [by.SubAttribute.Name])} from {dialect.JsonElements(search, path, element)} "
            + $"where {dialect.JsonText(json, [primary.Name])} = 'true' limit 1), {first})";
    }
}
