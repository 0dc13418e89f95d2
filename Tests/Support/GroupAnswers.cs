using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScimSlice.Tests.Support;

/// <summary>What answers say of groups and of their members, and requests that make many at once.</summary>
public static class GroupAnswers
{
    /// <summary>As the server writes: characters that need no escape stand as they are.</summary>
    private static readonly JsonSerializerOptions AsServed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The ids of a group's members, in the order of the answer; none where it has no members.</summary>
    public static string[] MemberIds(this ScimAnswer group) => MemberIds(group.Body);

    /// <summary>The same for a group of a list.</summary>
    public static string[] MemberIds(this JsonNode? group) => Values(group, "members");

    /// <summary>One member as the answer has it.</summary>
    public static JsonNode? Member(this ScimAnswer group, string id) => group.Body["members"]?.AsArray().Single(member => member!["value"]!.GetValue<string>() == id);

    /// <summary>The ids of the groups that a user is in, in the order of the answer.</summary>
    public static string[] GroupIds(this JsonNode? user) => Values(user, "groups");

    /// <summary>The displayNames of a list of groups, in its order.</summary>
    public static string[] DisplayNames(this ScimAnswer list) => [.. list.Resources.Select(group => group!["displayName"]!.GetValue<string>())];

    public static string LastModified(this ScimAnswer resource) => resource.Body["meta"]!["lastModified"]!.GetValue<string>();

    /// <summary>The text of a resource without some of its attributes.</summary>
    public static string Without(this ScimAnswer resource, params string[] names)
    {
        var rest = resource.Body.AsObject();
        foreach (var name in names)
        {
            rest.Remove(name);
        }

        return rest.ToJsonString(AsServed);
    }

    /// <summary>Groups that a filter selects; the filter is encoded for the URL.</summary>
    public static Task<ScimAnswer> FilterGroupsAsync(this ScimClient client, string filter, string query = "") =>
        client.GetAsync($"/Groups?filter={Uri.EscapeDataString(filter)}{query}");

    /// <summary>The ids of that many new users, in their order.</summary>
    public static Task<string[]> CreateUsersAsync(this ScimClient client, int count, string prefix = "user") =>
        CreateAsync(count, index => client.CreateUserAsync($"{prefix}{index}"));

    /// <summary>The ids of that many new groups of these members, in their order.</summary>
    public static Task<string[]> CreateGroupsAsync(this ScimClient client, int count, params string[] members) =>
        CreateAsync(count, index => client.CreateGroupAsync($"Group {index}", members));

    /// <summary>A client of a new organization that is strict.</summary>
    public static async Task<ScimClient> CreateStrictOrganizationAsync(this ScimHost host)
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, strict: true);
        return await host.CreateTokenAsync(client.Organization);
    }

    private static async Task<string[]> CreateAsync(int count, Func<int, Task<ScimAnswer>> create)
    {
        var ids = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (index, _) => ids.Add((await create(index)).Id));
        return [.. ids.Order(StringComparer.Ordinal)];
    }

    private static string[] Values(JsonNode? resource, string attribute) =>
        [.. (resource![attribute]?.AsArray() ?? []).Select(value => value!["value"]!.GetValue<string>())];
}
