namespace ScimSlice.Tests.Support;

/// <summary>The ids of a test's resources by the names that its table uses: <c>{ana}</c> in a text stands for the id of ana.</summary>
public sealed class NamedIds
{
    private readonly Dictionary<string, string> ids = [];

    public string this[string name]
    {
        get => ids[name];
        set => ids[name] = value;
    }

    /// <summary>The text with an id for every name in braces.</summary>
    public string Fill(string text) => ids.Aggregate(text, (filled, id) => filled.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));

    /// <summary>The names that ids have, parted by blanks, in their order.</summary>
    public string NamesOf(IEnumerable<string> found) => string.Join(' ', found.Select(id => ids.Single(named => named.Value == id).Key));
}
