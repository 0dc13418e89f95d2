using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Fuzz;

/// <summary>An organization with users, groups, a deleted user and cursors, all of which hold one word that no other organization has.</summary>
internal sealed class FuzzedOrganization
{
    private FuzzedOrganization(ScimClient client, string word, string[] users, string[] groups, string[] cursors) =>
        (Client, Word, Users, Groups, Cursors) = (client, word, users, groups, cursors);

    public ScimClient Client { get; }

    public string Word { get; }

    public string[] Users { get; }

    public string[] Groups { get; }

    /// <summary>Where pages of its lists go on.</summary>
    public string[] Cursors { get; }

    public static async Task<FuzzedOrganization> CreateAsync(FuzzServer server, string word)
    {
        var client = await server.CreateOrganizationAsync();
        var users = new List<string>();
        for (var index = 0; index < 5; index++)
        {
            users.Add((await client.CreateUserAsync($"{word}{index}", $"\"externalId\":\"{word}{index}\",\"title\":\"{word}\",\"role\":\"owner\",\"emails\":[{{\"value\":\"{word}{index}@{word}.example\",\"type\":\"work\"}}]")).Id);
        }

        var inner = await client.CreateGroupAsync($"{word} inner", users[0], users[1]);
        var outer = await client.CreateGroupAsync($"{word} outer", users[2], inner.Id);
        await client.DeleteAsync($"/Users/{users[4]}");
        var cursors = new List<string>();
        foreach (var list in (string[])["/Users?cursor&count=1", "/Groups?cursor&count=1", "/Users?cursor&count=1&sortBy=userName", $"/Users?cursor&count=1&filter=title%20co%20%22{word[1..]}%22"])
        {
            cursors.Add((await client.GetAsync(list)).Body["nextCursor"]!.GetValue<string>());
        }

        return new FuzzedOrganization(client, word, [.. users], [inner.Id, outer.Id], [.. cursors]);
    }

    /// <summary>All that it can read, as it comes over the wire.</summary>
    public async Task<string[]> ReadAsync()
    {
        var texts = new List<string>();
        foreach (var path in (string[])["", "/Users", "/Groups", .. Users.Select(id => $"/Users/{id}"), .. Groups.Select(id => $"/Groups/{id}")])
        {
            var answer = await Client.GetAsync(path);
            texts.Add($"{path} {answer.Status} {answer.Tag} {answer.Text}");
        }

        // Each cursor is sealed anew, so of a page that another follows only the resources stay the same.
        texts.Add((await Client.GetAsync($"/Users?count=1&cursor={Uri.EscapeDataString(Cursors[0])}")).Resources.ToJsonString());
        return [.. texts];
    }
}
