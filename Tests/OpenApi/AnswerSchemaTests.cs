using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Events;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Webhooks;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.OpenApi;

/// <summary>What the server answers is what the document says of it.</summary>
public sealed class AnswerSchemaTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ScimHost host = new() { Settings = ["--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8", "--ScimSlice:Webhooks:RetryFor", "60s", "--ScimSlice:Limits:EventStreams", "1"] };
    private WebhookReceiver receiver = null!;

    public async Task InitializeAsync()
    {
        await host.InitializeAsync();
        receiver = await WebhookReceiver.StartAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Every_operation_answers_as_the_document_says()
    {
        var api = DescribedApi.Of(host);
        var client = await host.CreateOrganizationAsync();
        var app = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
        var hook = await host.SendAsync(new CreateWebhook.Command(client.Organization, receiver.Url, [EventTypes.UserCreated]));
        receiver.Answer = (_, message) => Task.FromResult(message.Event["after"]!["userName"]!.GetValue<string>() == "ana" ? 500 : 204);
        await ChangeEverythingAsync(client);

        await Eventually.BeAsync(async () => (await app.GetApiAsync("/events")).Text.Contains(EventTypes.RequestCompleted, StringComparison.Ordinal));
        var events = await api.AnswerAsync(app, "GET", "/events");
        events.Body["events"]!.AsArray().Select(found => found!["type"]!.GetValue<string>()).Distinct().Should().BeEquivalentTo(EventTypes.All);
        await api.AnswerAsync(app, "GET", "/events?limit=1");
        var open = await api.AnswerAsync(app, "GET", "/unacknowledged");
        open.Body["events"]!.AsArray().Should().HaveCountGreaterThan(1);
        await api.AnswerAsync(app, "POST", $"/events/{open.Body["events"]![0]!["id"]}/ack");
        (await api.AnswerAsync(app, "GET", "/events")).Text.Should().Contain("acknowledgedAt");
        foreach (var kind in (string[])["users", "groups", "members"])
        {
            (await api.AnswerAsync(app, "GET", $"/{kind}?limit=1")).Body[kind]!.AsArray().Should().ContainSingle();
        }

        await Eventually.BeAsync(async () => (await api.AnswerAsync(app, "GET", "/deliveries?dead=false")).Body["deliveries"]!.AsArray().Count == 1);
        await Eventually.BeAsync(async () =>
        {
            host.Clock.Advance(TimeSpan.FromSeconds(40));
            return (await api.AnswerAsync(app, "GET", "/deliveries?dead=true")).Body["deliveries"]!.AsArray().Count == 1;
        });
        await api.AnswerAsync(app, "POST", $"/webhooks/{hook.Webhook.Id}/redeliver");
        await RequestsAsync(api, app);
        await api.AnswerAsync(host.CreateClient(), "GET", "/openapi.json");
        await PollAsync(api, client, app);

        api.Checked.Should().BeEquivalentTo(api.Operations.Select(operation => operation.Said["operationId"]!.GetValue<string>()), "each was asked");
    }

    [Fact]
    public async Task What_is_refused_is_a_problem_as_the_document_says()
    {
        var api = DescribedApi.Of(host);
        var client = await host.CreateOrganizationAsync();
        var app = await host.CreateTokenAsync(client.Organization, TokenScope.Events);

        await api.AnswerAsync(app, "GET", "/events?canary=1", 400);
        await api.AnswerAsync(host.CreateClient(), "GET", "/events", 401);
        await api.AnswerAsync(client, "GET", "/requests", 403);
        await api.AnswerAsync(app, "POST", "/events/nothing/ack", 404);
        await api.AnswerAsync(app, "POST", "/webhooks/nothing/redeliver", 404);
        await api.AnswerAsync(app, "GET", "/events?after=7", 410);
        var waiting = Enumerable.Range(0, 2).Select(_ => app.GetApiAsync("/events?wait=60")).ToArray();
        await Task.WhenAny(waiting);
        await api.AnswerAsync(app, "GET", "/events?wait=1", 429);
        await client.CreateUserAsync("ana");
        await Task.WhenAll(waiting);
    }

    /// <summary>An event of every type.</summary>
    private async Task ChangeEverythingAsync(ScimClient client)
    {
        var ana = await client.CreateUserAsync("ana", "\"role\":\"guest\",\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"Labs\"}");
        var bob = await client.CreateUserAsync("bob");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","value":{"active":false,"role":"member","title":"x"}}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":true}""");
        var crew = await client.CreateGroupAsync("Crew", ana.Id, bob.Id);
        await client.PatchAsync($"/Groups/{crew.Id}", """{"op":"replace","path":"displayName","value":"The crew"}""");
        await client.DeleteAsync($"/Users/{ana.Id}");
        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        var gone = await client.CreateGroupAsync("Gone", crew.Id);
        await client.DeleteAsync($"/Groups/{gone.Id}");
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"}""");
        await client.GetAsync("/Users/nobody");
        await client.PatchAsync($"/Users/{bob.Id}", """{"op":"replace","path":"title","value":"y"}""", ("Prefer", "respond-async"));
    }

    /// <summary>Security event tokens and the keys that they are verified with.</summary>
    private async Task PollAsync(DescribedApi api, ScimClient client, ScimClient app)
    {
        var poll = (await host.SendAsync(new CreateWebhook.Command(client.Organization, null, [], DeliveryMethod.Poll))).Webhook;
        await client.CreateUserAsync("eve");
        await client.CreateUserAsync("fay");

        var fetched = await api.AnswerAsync(app, "POST", $"/webhooks/{poll.Id}/poll", 200, """{"returnImmediately":true,"maxEvents":1}""");
        var id = fetched.Body["sets"]!.AsObject().Should().ContainSingle().Which.Key;
        fetched.Body["moreAvailable"]!.GetValue<bool>().Should().BeTrue();
        await api.AnswerAsync(app, "POST", $"/webhooks/{poll.Id}/poll", 200, $$"""{"maxEvents":0,"ack":["{{id}}"],"setErrs":{"unknown":{"err":"invalid_key","description":"x"} } }""");
        (await api.AnswerAsync(host.CreateClient(), "GET", $"/issuers/{poll.OrganizationId}/jwks.json")).Body["keys"]!.AsArray().Should().NotBeEmpty();
        await api.AnswerAsync(host.CreateClient(), "GET", "/issuers/nobody/jwks.json", 404);
        await api.AnswerAsync(app, "POST", "/webhooks/nobody/poll", 404, "{}");
        await api.AnswerAsync(app, "POST", $"/webhooks/{poll.Id}/poll", 400, """{"ack":1}""");
        await host.SendAsync(new EnableWebhook.Command(client.Organization, poll.Id, Enabled: false));
        await api.AnswerAsync(app, "POST", $"/webhooks/{poll.Id}/poll", 409, """{"returnImmediately":true}""");
    }

    /// <summary>The log, once it has what was refused too.</summary>
    private static async Task RequestsAsync(DescribedApi api, ScimClient app)
    {
        JsonArray requests = [];
        await Eventually.BeAsync(async () =>
        {
            requests = (await api.AnswerAsync(app, "GET", "/requests?limit=1000")).Body["requests"]!.AsArray();
            return requests.Any(request => request!["status"]?.GetValue<int>() == 404);
        });
        requests.Should().Contain(request => request!["method"] == null, "commands are among them");
        requests.SelectMany(request => request!["changes"]!.AsArray()).Should().Contain(change => change!["members"] != null).And.Contain(change => change!["before"] != null);
    }
}
