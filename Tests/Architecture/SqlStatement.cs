using System.Text.RegularExpressions;

namespace ScimSlice.Tests.Architecture;

/// <summary>
/// The words of a SQL statement, each with the depth of its parentheses: enough to see which tables it names and which condition
/// stands outermost. Where it cannot follow a statement it says so, and the statement has to be written more plainly.
/// </summary>
internal sealed partial class SqlStatement(string text)
{
    private static readonly string[] ClauseEnds = ["group", "order", "limit", "offset", "returning", "union", "except", "intersect", "having", "on", "window"];

    private readonly List<(string Text, int Depth)> words = Split(text);

    /// <summary>Whether text is a statement, and not a message to people.</summary>
    public static bool Is(string text) => Beginning().IsMatch(text);

    /// <summary>What is wrong with each use of a table whose rows belong to organizations.</summary>
    public IEnumerable<string> Unbound(IReadOnlyCollection<string> tables)
    {
        for (var index = 0; index < words.Count; index++)
        {
            if (!tables.Contains(Word(index)) || Word(index + 1) == ".")
            {
                continue;
            }

            var says = Word(index - 1) switch
            {
                "into" => Insert(index),
                "update" or "from" => HasOrganization(ConditionAfter(index, "where"), Alias(index)) ? null : "the organization is not the outermost condition",
                "join" when Word(index - 2) == "cross" => HasOrganization(ConditionAfter(index, "where"), Alias(index)) ? null : "the organization is not the outermost condition",
                "join" => HasOrganization(ConditionAfter(index, "on"), Alias(index)) ? null : "the join does not begin with the organization",
                _ => "the table stands where this test cannot follow it (write 'from' or 'join')",
            };
            if (says is not null)
            {
                yield return $"{Word(index)}: {says}";
            }
        }
    }

    private string? Insert(int index)
    {
        const string missing = "the insert does not take the organization first";
        if (Word(index + 1) != "(" || Word(index + 2) != "organization_id")
        {
            return missing;
        }

        var source = words.FindIndex(index + 2, word => word.Depth == words[index].Depth && word.Text is "values" or "select");
        if (source < 0)
        {
            return missing;
        }

        return Word(source) == "values"
            ? Word(source + 1) == "(" && Word(source + 2) == "@organizationid" ? null : missing
            : Word(source + 1) is "organization_id" or "@organizationid" || (Word(source + 2) == "." && Word(source + 3) == "organization_id") ? null : missing;
    }

    /// <summary>The words of the condition that belongs to the table at a place; null where there is none.</summary>
    private List<(string Text, int Depth)>? ConditionAfter(int table, string keyword)
    {
        var depth = words[table].Depth;
        for (var index = table + 1; index < words.Count && words[index].Depth >= depth; index++)
        {
            if (words[index].Depth > depth)
            {
                continue;
            }

            if (words[index].Text == keyword)
            {
                return [.. words.Skip(index + 1).TakeWhile(word => word.Depth > depth || (word.Depth == depth && !EndsCondition(word.Text)))];
            }

            if (ClauseEnds.Contains(words[index].Text) && words[index].Text != "on")
            {
                return null;
            }
        }

        return null;
    }

    private static bool EndsCondition(string word) => ClauseEnds.Contains(word) || word is "join" or "left" or "inner" or "cross" or "where";

    /// <summary>Whether a condition begins with this table's organization, and no <c>or</c> opens a way around it.</summary>
    private static bool HasOrganization(List<(string Text, int Depth)>? condition, string alias)
    {
        if (condition is null or { Count: 0 })
        {
            return false;
        }

        var depth = condition[0].Depth;
        var own = $"(?:{Regex.Escape(alias)} \\. )?organization_id";
        var other = "(?:@organizationid|\\w+ \\. organization_id)";
        return Regex.IsMatch(string.Join(' ', condition.Select(word => word.Text)), $"^(?:{own} = {other}|{other} = {own})(?: and |$)")
            && !condition.Any(word => word.Depth == depth && word.Text == "or");
    }

    private string Alias(int table)
    {
        var next = Word(table + 1) == "as" ? Word(table + 2) : Word(table + 1);
        return next.Length > 0 && (char.IsLetter(next[0]) || next[0] == '_') && next is not ("where" or "set" or "on" or "join" or "order" or "limit") ? next : Word(table);
    }

    private string Word(int index) => index >= 0 && index < words.Count ? words[index].Text : "";

    private static List<(string Text, int Depth)> Split(string text)
    {
        var words = new List<(string Text, int Depth)>();
        var depth = 0;
        foreach (Match match in SqlWord().Matches(text))
        {
            depth -= match.Value == ")" ? 1 : 0;
            words.Add((match.Value.ToLowerInvariant(), depth));
            depth += match.Value == "(" ? 1 : 0;
        }

        return words;
    }

    [GeneratedRegex(@"^\s*(?:select|insert\s+into|update|delete\s+from|with)\s", RegexOptions.None)]
    private static partial Regex Beginning();

    /// <summary>A text in quotes, a hole that nothing is known of, a word, or one sign.</summary>
    [GeneratedRegex(@"'(?:[^']|'')*'|\{[^}]*\}|@?\w+|[^\s\w]")]
    private static partial Regex SqlWord();
}
