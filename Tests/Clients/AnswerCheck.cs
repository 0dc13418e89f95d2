using System.Text.Json;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Clients;

/// <summary>Where an answer differs from the recorded one: status, media type, headers, and the body member by member.</summary>
public static class AnswerCheck
{
    /// <summary>One line for each difference, in the order of the recorded answer.</summary>
    public static IEnumerable<string> Differences(RecordedResponse expected, ScimAnswer actual, ServerValues values)
    {
        if (actual.Status != expected.Status)
        {
            yield return $"status: {expected.Status} expected, {actual.Status} answered";
        }

        foreach (var (name, value) in expected.Headers)
        {
            var sent = Header(actual, name);
            if (sent is null || !values.Match(value, sent))
            {
                yield return $"header {name}: {value} expected, {sent ?? "none"} answered";
            }
        }

        if (expected.Body is not { } body)
        {
            if (actual.Text.Length > 0)
            {
                yield return "body: none expected, one answered";
            }

            yield break;
        }

        if (Header(actual, "Content-Type") is var type && type != "application/scim+json")
        {
            yield return $"header Content-Type: application/scim+json expected, {type ?? "none"} answered";
        }

        if (actual.Text.Length == 0)
        {
            yield return "body: one expected, none answered";
            yield break;
        }

        using var json = JsonDocument.Parse(actual.Text);
        foreach (var difference in Differences("body", body, json.RootElement, values))
        {
            yield return difference;
        }
    }

    private static IEnumerable<string> Differences(string path, JsonElement expected, JsonElement actual, ServerValues values)
    {
        if (expected.ValueKind != actual.ValueKind)
        {
            return [$"{path}: {expected.GetRawText()} expected, {actual.GetRawText()} answered"];
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Object => InObject(path, expected, actual, values),
            JsonValueKind.Array => InArray(path, expected, actual, values),
            JsonValueKind.String when values.Match(expected.GetString()!, actual.GetString()!) => [],
            JsonValueKind.Number when expected.GetRawText() == actual.GetRawText() => [],
            JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => [],
            _ => [$"{path}: {expected.GetRawText()} expected, {actual.GetRawText()} answered"],
        };
    }

    private static IEnumerable<string> InObject(string path, JsonElement expected, JsonElement actual, ServerValues values)
    {
        foreach (var member in expected.EnumerateObject())
        {
            if (!actual.TryGetProperty(member.Name, out var sent))
            {
                yield return $"{path}.{member.Name}: {member.Value.GetRawText()} expected, nothing answered";
                continue;
            }

            foreach (var difference in Differences($"{path}.{member.Name}", member.Value, sent, values))
            {
                yield return difference;
            }
        }

        var seen = new HashSet<string>();
        foreach (var member in actual.EnumerateObject())
        {
            if (!seen.Add(member.Name))
            {
                yield return $"{path}.{member.Name}: answered twice";
            }
            else if (!expected.TryGetProperty(member.Name, out _))
            {
                yield return $"{path}.{member.Name}: nothing expected, {member.Value.GetRawText()} answered";
            }
        }
    }

    private static IEnumerable<string> InArray(string path, JsonElement expected, JsonElement actual, ServerValues values)
    {
        if (expected.GetArrayLength() != actual.GetArrayLength())
        {
            yield return $"{path}: {expected.GetArrayLength()} values expected, {actual.GetArrayLength()} answered";
            yield break;
        }

        foreach (var (index, pair) in expected.EnumerateArray().Zip(actual.EnumerateArray()).Index())
        {
            foreach (var difference in Differences($"{path}[{index}]", pair.First, pair.Second, values))
            {
                yield return difference;
            }
        }
    }

    private static string? Header(ScimAnswer answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}
