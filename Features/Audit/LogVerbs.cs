using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using ScimSlice.Infrastructure.CommandLine;

namespace ScimSlice.Features.Audit;

/// <summary>The verb <c>log</c>.</summary>
internal static class LogVerbs
{
    /// <summary>Characters of one value that a line shows.</summary>
    private const int MaxValue = 100;

    private static readonly JsonSerializerOptions OnTerminal = new() { Encoder = Encoder() };

    public static Command Create()
    {
        var organization = VerbRunner.OrganizationArgument();
        var user = new Option<string?>("--user") { Description = "Only what names this user, by userName or id" };
        var noReads = new Option<bool>("--no-reads") { Description = "Leave out what only read, unless it was refused" };
        var failed = new Option<bool>("--failed") { Description = "Only what was refused" };
        var request = new Option<string?>("--request") { Description = "Only the request with this id, which the detail of an error ends with" };
        var since = new Option<TimeSpan?>("--since") { Description = "How far back, such as 1h or 7d", CustomParser = VerbRunner.ParseLifetime };
        var limit = new Option<int>("--limit") { Description = $"Requests at most, {ReadLog.MaxRequests} and less; the latest are shown", DefaultValueFactory = _ => 100 };
        var follow = new Option<bool>("--follow") { Description = "Go on with each request as it comes, until Ctrl+C; with --json one object a line" };
        var log = new Command("log", "Show what each request to an organization said and did") { organization, user, failed, noReads, request, since, limit, follow };
        return log.Sends(async (sender, parsed, cancellationToken) =>
        {
            var query = new ReadLog.Query(
                parsed.GetRequiredValue(organization), parsed.GetValue(since), parsed.GetValue(user), parsed.GetValue(failed), parsed.GetValue(request), parsed.GetValue(limit))
            {
                Reads = !parsed.GetValue(noReads),
            };
            if (!parsed.GetValue(follow))
            {
                var found = await sender.Send(query, cancellationToken);
                parsed.PrintEach(found, (json, logged) => logged.WriteTo(json), Line);
                if (query is { Request: not null, User: null, Since: null, Failed: false, Reads: true } && found.All(logged => logged.Record.RequestId != query.Request))
                {
                    await Console.Error.WriteLineAsync(found.Count > 0
                        ? $"The request {query.Request} is not told by itself; it may be one of those that are counted here."
                        : $"There is no request {query.Request} in this log: it came within the last minute, is not kept any more, was another organization's, or never came.");
                }

                return;
            }

            try
            {
                var requests = LogTail.FollowAsync(
                    async since => await sender.Send(since is null ? query : query with { Since = since, Limit = ReadLog.MaxRequests }, cancellationToken), TimeProvider.System, cancellationToken);
                await foreach (var logged in requests)
                {
                    parsed.Print(logged.WriteTo, text => text.WriteLine(Line(logged)));
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl+C.
            }
        });
    }

    /// <summary>A line for the request, one for why it was refused, and one for each thing that changed.</summary>
    internal static string Line(LoggedRequest logged)
    {
        var record = logged.Record;
        var parts = new[]
        {
            record.At,
            $"{(record.Method is null ? null : $"{record.Method} {record.Path}")}",
            string.Create(CultureInfo.InvariantCulture, $"{record.Status} {record.ScimType}").Trim(),
            logged.Milliseconds is { } took ? string.Create(CultureInfo.InvariantCulture, $"{took:0.0} ms") : "",
            $"{record.ActorKind} {record.Actor}",
            record.ResourceId is null ? "" : $"{(record.Operation is null ? "" : $"{record.Operation} ")}{record.ResourceType} {record.ResourceId}{(record.Version is { } version ? $" version {version}" : "")}",
            record.Quirks is null ? "" : $"quirks {record.Quirks}",
            record.Times > 1 ? $"{record.Times} times" : "",
            $"request {record.RequestId}",
        };
        var below = (record.Detail is null ? Enumerable.Empty<string>() : [record.Detail]).Concat(logged.Changes.SelectMany(Lines));
        return string.Join(Environment.NewLine, below.Select(line => $"    {line}").Prepend(string.Join("  ", parts.Where(part => part.Length > 0))));
    }

    private static IEnumerable<string> Lines(LoggedChange change) => change.Members > 0
        ? [$"{change.Type}  {change.Member ?? $"{change.Members} members"}"]
        : change.Attributes.Select(name => $"{change.Type}  {name}{Values(Value(change.Before, name), Value(change.After, name))}{Whose(change)}").DefaultIfEmpty($"{change.Type}{Whose(change)}");

    private static string Whose(LoggedChange change) => change.Users == 0 ? "" : $"  {change.User ?? $"{change.Users} users"}";

    private static string Values(JsonNode? before, JsonNode? after) => before is null && after is null ? ""
        : before is null ? $": {Text(after)}" : after is null ? $": {Text(before)} → nothing" : $": {Text(before)} → {Text(after)}";

    /// <summary>The value of an attribute by its full name.</summary>
    private static JsonNode? Value(JsonObject? values, string name) => values is null ? null
        : values.TryGetPropertyValue(name, out var value) ? value
        : name.LastIndexOf(':') is var colon and > 0 && values[name[..colon]] is JsonObject extension ? extension[name[(colon + 1)..]] : null;

    private static string Text(JsonNode? value)
    {
        var text = value?.ToJsonString(OnTerminal) ?? "";
        return text.Length <= MaxValue ? text : $"{text[..MaxValue]}…";
    }

    /// <summary>Letters of European languages as they are, and all else, what moves a terminal's cursor among it, as escapes.</summary>
    private static JavaScriptEncoder Encoder()
    {
        var shown = new TextEncoderSettings(UnicodeRanges.BasicLatin, UnicodeRanges.Latin1Supplement, UnicodeRanges.LatinExtendedA);
        shown.AllowCharacter('…');
        return JavaScriptEncoder.Create(shown);
    }
}
