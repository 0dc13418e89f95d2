using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Tests.Clients;

/// <summary>
/// The values that only the server can know. <c>{{id}}</c>, <c>{{time}}</c> and <c>{{version}}</c>, each also with a name such as
/// <c>{{id:ana}}</c>, stand for a value of that form: where one first stands in an answer it takes the value found there, and from
/// then on it stands for that value and no other placeholder does. <c>{{baseUrl}}</c> and <c>{{tokenUrl}}</c> are known from the start.
/// </summary>
public sealed partial class ServerValues(string baseUrl)
{
    private readonly Dictionary<string, string> values = new() { ["baseUrl"] = baseUrl, ["tokenUrl"] = new PublicUrls(baseUrl).TokenUrl };

    /// <summary>The text with every placeholder filled in. Throws where one has no value yet.</summary>
    public string Fill(string text) => Placeholder().Replace(text, match => values.TryGetValue(Name(match), out var value)
        ? value
        : throw new InvalidOperationException($"No answer has given {match.Value} a value yet."));

    /// <summary>The same for a JSON document, to the letter as it is recorded.</summary>
    public string FillJson(JsonElement json) => Placeholder().Replace(json.GetRawText(), match =>
        JsonEncodedText.Encode(Fill(match.Value), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);

    /// <summary>Whether <paramref name="actual"/> is what <paramref name="expected"/> stands for; new placeholders take their values from it.</summary>
    public bool Match(string expected, string actual)
    {
        var found = new Dictionary<string, string>();
        var pattern = new List<string>();
        var position = 0;
        foreach (Match placeholder in Placeholder().Matches(expected))
        {
            pattern.Add(Regex.Escape(expected[position..placeholder.Index]));
            pattern.Add(values.TryGetValue(Name(placeholder), out var value) ? Regex.Escape(value) : Form(placeholder, found));
            position = placeholder.Index + placeholder.Length;
        }

        pattern.Add(Regex.Escape(expected[position..]));
        var match = Regex.Match(actual, $"\\A{string.Concat(pattern)}\\z");
        if (!match.Success)
        {
            return false;
        }

        foreach (var (name, group) in found)
        {
            if (values.ContainsValue(match.Groups[group].Value))
            {
                return false;
            }

            values.Add(name, match.Groups[group].Value);
        }

        return true;
    }

    private static string Form(Match placeholder, Dictionary<string, string> found)
    {
        if (found.TryGetValue(Name(placeholder), out var group))
        {
            return $"\\k<{group}>";
        }

        group = $"g{found.Count}";
        found.Add(Name(placeholder), group);
        var form = placeholder.Groups["kind"].Value switch
        {
            "id" => "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "time" => @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
            "version" => "W/\"[1-9][0-9]*\"",
            var kind => throw new InvalidOperationException($"A placeholder of the kind {kind} has no form."),
        };
        return $"(?<{group}>{form})";
    }

    private static string Name(Match placeholder) => placeholder.Groups["name"].Value;

    [GeneratedRegex(@"\{\{(?<name>(?<kind>[a-zA-Z]+)(:[a-zA-Z0-9.-]+)?)\}\}")]
    private static partial Regex Placeholder();
}
