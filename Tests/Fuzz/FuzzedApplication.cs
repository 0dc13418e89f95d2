using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Webhooks;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Fuzz;

/// <summary>The application of an organization: its token, an endpoint it fetches from, one that is never reached, and what it was told so far.</summary>
internal sealed class FuzzedApplication
{
    /// <summary>Nobody listens there.</summary>
    private const string Nowhere = "http://127.0.0.1:9/";

    private FuzzedApplication(ScimClient client, string[] webhooks, string[] events, string[] places) =>
        (Client, Webhooks, Events, Places) = (client, webhooks, events, places);

    public ScimClient Client { get; }

    /// <summary>Ids of its endpoints; it fetches from the first.</summary>
    public string[] Webhooks { get; }

    /// <summary>Ids of its events.</summary>
    public string[] Events { get; }

    /// <summary>Where its lists go on.</summary>
    public string[] Places { get; }

    public static async Task<FuzzedApplication> CreateAsync(FuzzServer server, FuzzedOrganization organization)
    {
        var client = await server.CreateTokenAsync(organization.Client, TokenScope.Events);
        string[] webhooks = [await server.CreateWebhookAsync(client, null, DeliveryMethod.Poll), await server.CreateWebhookAsync(client, Nowhere, DeliveryMethod.Webhook)];
        await organization.Client.PatchAsync($"/Users/{organization.Users[0]}", $$"""{"op":"replace","path":"active","value":false},{"op":"add","path":"nickName","value":"{{organization.Word}}"}""");
        var events = (await client.GetApiAsync("/events?limit=100")).Body["events"]!.AsArray().Select(told => told!["id"]!.GetValue<string>()).ToArray();
        var places = new List<string>();
        foreach (var list in (string[])["/users?limit=1", "/groups?limit=1", "/members?limit=1", "/requests?limit=1", "/events?limit=1"])
        {
            places.Add($"{(await client.GetApiAsync(list)).Body["next"]}");
        }

        return new FuzzedApplication(client, webhooks, events, [.. places]);
    }

    /// <summary>All that it is told of its organization, as it comes over the wire.</summary>
    public async Task<string[]> ReadAsync()
    {
        var texts = new List<string>();
        foreach (var path in (string[])["/events?limit=1000", "/unacknowledged?limit=100", "/users?limit=100", "/groups?limit=100", "/members?limit=100"])
        {
            var answer = await Client.GetApiAsync(path);
            texts.Add($"{path} {answer.Status} {answer.Text}");
        }

        return [.. texts];
    }
}
