using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mediator;
using ScimSlice.Infrastructure.CommandLine;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Scim.Resources;

namespace ScimSlice.Features.Events;

/// <summary>The verb <c>user unacknowledged</c>.</summary>
internal static class EventVerbs
{
    /// <summary>Events that are listed at once.</summary>
    private const int MaxListed = 10_000;

    public static Command Unacknowledged()
    {
        var organization = VerbRunner.OrganizationArgument();
        var limit = new Option<int>("--limit") { Description = $"Events at most, {MaxListed} and less; the oldest are shown", DefaultValueFactory = _ => 100 };
        var list = new Command("unacknowledged", "List deactivations and deletions that the application has not said are in effect, oldest first") { organization, limit };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaxListed)
            {
                result.AddError($"--limit is 1 to {MaxListed}.");
            }
        });
        return list.Sends(async (sender, parsed, cancellationToken) =>
        {
            var (events, hasMore) = await ReadAsync(sender, parsed.GetRequiredValue(organization), parsed.GetValue(limit), cancellationToken);
            var now = TimeProvider.System.GetUtcNow();
            parsed.PrintEach(events, (json, told) => Write(json, told, now), told => $"{told.At}  {told.Type}  {told.ResourceId}  {Age(AgeOf(told, now))}  request {told.RequestId}");
            if (hasMore)
            {
                await Console.Error.WriteLineAsync($"There are more than these {events.Count}; --limit shows up to {MaxListed}.");
            }
        });
    }

    /// <summary>The two largest units of a time: <c>3d 4h</c>, <c>15m 0s</c>.</summary>
    internal static string Age(TimeSpan age) => string.Create(CultureInfo.InvariantCulture, $"{(
        age.Days > 0 ? $"{age.Days}d {age.Hours}h" : age.Hours > 0 ? $"{age.Hours}h {age.Minutes}m" : $"{age.Minutes}m {age.Seconds}s")}");

    private static async Task<(IReadOnlyList<ChangeEvent> Events, bool HasMore)> ReadAsync(ISender sender, string organization, int limit, CancellationToken cancellationToken)
    {
        // What stood in the deleted users is not shown, and need not be held until all pages are read.
        var (events, after) = (new List<ChangeEvent>(), 0L);
        while (true)
        {
            var page = await sender.Send(new ListUnacknowledged.Query(organization, after, Math.Min(limit - events.Count, ListUnacknowledged.MaxEvents)), cancellationToken);
            events.AddRange(page.Events.Select(told => told with { BeforeValues = null, AfterValues = null }));
            if (!page.HasMore || events.Count >= limit)
            {
                return (events, page.HasMore);
            }

            after = page.Next;
        }
    }

    private static void Write(Utf8JsonWriter json, ChangeEvent told, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("id", told.Id);
        json.WriteString("at", told.At);
        json.WriteNumber("ageSeconds", (long)AgeOf(told, now).TotalSeconds);
        json.WriteString("type", told.Type);
        json.WriteString("user", told.ResourceId);
        json.WriteNumber("version", told.Version);
        json.WriteString("requestId", told.RequestId);
        json.WriteEndObject();
    }

    private static TimeSpan AgeOf(ChangeEvent told, DateTimeOffset now) => DateTimeValue.TryParse(told.At, out var at) && at < now ? now - at : TimeSpan.Zero;
}
