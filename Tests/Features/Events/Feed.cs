using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Features.Events;

/// <summary>An application that follows an organization's events, page by page.</summary>
internal sealed class Feed(ScimClient client, long next = 0)
{
    public List<JsonNode> Events { get; } = [];

    public long Next { get; private set; } = next;

    public ScimClient Client => client;

    /// <summary>A reader with a token of its own.</summary>
    public static async Task<Feed> OfAsync(ScimHost host, ScimClient owner, long next = 0) => new(await host.CreateTokenAsync(owner.Organization, TokenScope.Events), next);

    /// <summary>Reads all that is there, and returns what is new.</summary>
    public async Task<IReadOnlyList<JsonNode>> ReadAsync(int limit = 100, int wait = 0)
    {
        var known = Events.Count;
        while (true)
        {
            var answer = await client.GetApiAsync($"/events?after={Next}&limit={limit}{(wait > 0 && Events.Count == known ? $"&wait={wait}" : "")}");
            answer.Status.Should().Be(200, answer.Text);
            Events.AddRange(answer.Body["events"]!.AsArray().Select(found => found!));
            Next = answer.Body["next"]!.GetValue<long>();
            if (!answer.Body["hasMore"]!.GetValue<bool>())
            {
                return Events[known..];
            }
        }
    }

    /// <summary>Type, resource and version of each event, and the member where it is about one.</summary>
    public static string[] Lines(IEnumerable<JsonNode> events) => [.. events.Select(found =>
        $"{found["type"]} {found["resource"]!["id"]} {found["resource"]!["version"]}{(found["member"] is { } member ? $" {member["id"]}" : "")}")];
}
