using Dapper;
using FluentAssertions;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Webhooks;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Webhooks;

public sealed class PollTests : IAsyncLifetime, IAsyncDisposable
{
    private ScimHost host = null!;
    private ScimClient client = null!;
    private ScimClient application = null!;

    public async Task InitializeAsync()
    {
        host = new ScimHost();
        await host.InitializeAsync();
        client = await host.CreateOrganizationAsync();
        application = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Tokens_are_fetched_acknowledged_and_not_given_out_again()
    {
        var id = await CreateAsync();
        var ana = await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");

        var first = await PollAsync(id, """{"returnImmediately":true,"maxEvents":1}""");
        var second = await PollAsync(id, $$"""{"returnImmediately":true,"ack":["{{first.Tokens[0].Id}}"]}""");
        var third = await PollAsync(id, $$"""{"returnImmediately":true,"ack":["{{second.Tokens[0].Id}}"]}""");

        first.Tokens.Should().ContainSingle().Which.Subject.Should().Be($"/Users/{ana.Id}");
        first.Tokens[0].Claims["aud"]!.GetValue<string>().Should().Be($"{host.Origin.GetLeftPart(UriPartial.Authority)}/api/v1/webhooks/{id}/poll");
        first.HasMore.Should().BeTrue();
        second.Tokens.Should().ContainSingle().Which.Told.Should().Equal("prov:create:full");
        second.HasMore.Should().BeFalse();
        third.Tokens.Should().BeEmpty();
        (await ListAsync()).Waiting.Values.Sum().Should().Be(0);
    }

    [Fact]
    public async Task What_is_not_acknowledged_is_given_out_again_after_a_while_before_what_follows_of_its_resource()
    {
        var id = await CreateAsync();
        var ana = await client.CreateUserAsync("ana");
        var first = await PollAsync(id, """{"returnImmediately":true}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"x"}""");
        await client.CreateUserAsync("bob");

        var meanwhile = await PollAsync(id, """{"returnImmediately":true}""");
        host.Clock.Advance(PollEvents.Resend);
        var again = await PollAsync(id, """{"returnImmediately":true}""");

        first.Tokens.Should().ContainSingle();
        meanwhile.Tokens.Should().ContainSingle().Which.Subject.Should().NotBe($"/Users/{ana.Id}");
        again.Tokens.Select(token => token.Told[0]).Should().Equal("prov:create:full", "prov:patch:full", "prov:create:full");
        again.Tokens[0].Id.Should().Be(first.Tokens[0].Id);
    }

    [Fact]
    public async Task A_receiver_waits_for_the_next_change()
    {
        var id = await CreateAsync();

        var waiting = PollAsync(id, "{}");
        await client.CreateUserAsync("ana");

        (await waiting).Tokens.Should().ContainSingle();
    }

    [Fact]
    public async Task What_a_receiver_cannot_take_is_given_up_and_given_out_again_when_somebody_says_so()
    {
        var id = await CreateAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bob");
        var tokens = (await PollAsync(id, """{"returnImmediately":true}""")).Tokens;

        await PollAsync(id, $$$$"""{"maxEvents":0,"setErrs":{"{{{{tokens[0].Id}}}}":{"err":"invalid_key","description":"Canary"},"{{{{tokens[1].Id}}}}":{"err":"Canary"}}}""");
        var dead = await host.SendAsync(new ListDeliveries.Query(client.Organization, id, Dead: true, null, 10));
        await host.SendAsync(new RetryDeliveries.Command(client.Organization, id, null));
        var again = await PollAsync(id, """{"returnImmediately":true}""");

        dead.Deliveries.Select(row => row.Failure).Should().Equal("The receiver does not take it (invalid_key).", "The receiver does not take it (other).");
        again.Tokens.Select(token => token.Id).Should().Equal(tokens.Select(token => token.Id));
    }

    [Fact]
    public async Task Only_the_types_that_were_asked_for_are_given_out_and_endpoints_do_not_share()
    {
        var groups = await CreateAsync("group.*");
        var all = await CreateAsync();
        for (var number = 0; number < 30; number++)
        {
            await client.CreateUserAsync($"user{number}");
        }

        await client.CreateGroupAsync("Crew");

        (await PollAsync(groups, """{"returnImmediately":true,"maxEvents":10}""")).Tokens.Should().ContainSingle().Which.Subject.Should().StartWith("/Groups/");
        var fetched = new List<SecurityToken>();
        for (var page = await PollAsync(all, """{"returnImmediately":true,"maxEvents":10}"""); page.Tokens.Count > 0; page = await PollAsync(all, Acknowledging(page.Tokens)))
        {
            page.Tokens.Count.Should().BeLessThanOrEqualTo(10);
            fetched.AddRange(page.Tokens);
        }

        fetched.Should().HaveCount(31);
        fetched.Select(token => token.Id).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task So_much_is_out_at_once_and_no_more()
    {
        var id = await CreateAsync();
        var members = new string[PollEvents.MaxOutstanding];
        for (var index = 0; index < members.Length; index++)
        {
            members[index] = Guid.NewGuid().ToString();
        }

        await using (var database = host.OpenDatabase())
        {
            await database.ExecuteAsync(
                """
                insert into webhook_deliveries (organization_id, webhook_id, position, resource_id, attempts, first_at, next_at)
                values (@organizationId, @id, @position, @resource, 1, '', '9999')
                """,
                members.Select((resource, index) => new { organizationId = OrganizationId, id, position = 1_000_000L + index, resource }));
        }

        await client.CreateUserAsync("ana");
        var full = await PollAsync(id, """{"returnImmediately":true}""");
        await PollAsync(id, $$"""{"maxEvents":0,"ack":["{{OrganizationId}}-1000000"]}""");

        full.Tokens.Should().BeEmpty();
        full.HasMore.Should().BeFalse("nothing more is given out");
        (await PollAsync(id, """{"returnImmediately":true}""")).Tokens.Should().ContainSingle();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"maxEvents":-1}""")]
    [InlineData("""{"maxEvents":"1"}""")]
    [InlineData("""{"maxEvents":1.5}""")]
    [InlineData("""{"returnImmediately":1}""")]
    [InlineData("""{"ack":{}}""")]
    [InlineData("""{"ack":[1]}""")]
    [InlineData("""{"setErrs":[]}""")]
    [InlineData("{")]
    public async Task A_request_that_cannot_be_read_is_refused(string body)
    {
        var id = await CreateAsync();

        var refused = await application.SendAsync("POST", $"/../../api/v1/webhooks/{id}/poll", body, ("Content-Type", "application/json"));

        refused.Status.Should().Be(400);
        refused.ContentHeaders.ContentType!.MediaType.Should().Be("application/problem+json");
    }

    [Fact]
    public async Task Ids_that_mean_nothing_are_passed_over_and_too_many_are_refused()
    {
        var id = await CreateAsync();
        await client.CreateUserAsync("ana");

        var nothing = await PollAsync(id, """{"maxEvents":0,"ack":["x","","-1","99999999999999999999999-1","é"],"setErrs":{"x":null,"y":{"err":[]}}}""");
        var many = await application.SendAsync(
            "POST", $"/../../api/v1/webhooks/{id}/poll", $$"""{"ack":[{{string.Join(',', Enumerable.Repeat("\"x\"", 1001))}}]}""", ("Content-Type", "application/json"));

        nothing.HasMore.Should().BeTrue();
        nothing.Tokens.Should().BeEmpty();
        many.Status.Should().Be(400);
        (await PollAsync(id, """{"returnImmediately":true}""")).Tokens.Should().ContainSingle();
    }

    [Fact]
    public async Task Nobody_else_fetches_and_nothing_but_what_was_made_for_it_is_fetched()
    {
        var id = await CreateAsync();
        var hook = await host.SendAsync(new CreateWebhook.Command(client.Organization, "https://app.example.com/", []));
        var other = await host.CreateTokenAsync((await host.CreateOrganizationAsync()).Organization, TokenScope.Events);

        (await StatusAsync(other, id)).Should().Be(404);
        (await StatusAsync(client, id)).Should().Be(403, "the identity provider's token is not the application's");
        (await StatusAsync(host.CreateClient(), id)).Should().Be(401);
        (await StatusAsync(application, hook.Webhook.Id)).Should().Be(404);
        await host.SendAsync(new EnableWebhook.Command(client.Organization, id, Enabled: false));
        (await StatusAsync(application, id)).Should().Be(409);

        static async Task<int> StatusAsync(ScimClient who, string id) =>
            (await who.SendAsync("POST", $"/../../api/v1/webhooks/{id}/poll", """{"returnImmediately":true}""", ("Content-Type", "application/json"))).Status;
    }

    [Fact]
    public async Task The_service_says_which_events_it_issues()
    {
        var events = (await client.GetAsync("/ServiceProviderConfig")).Body["securityEvents"]!;

        events["asyncRequest"]!.GetValue<string>().Should().Be("request");
        events["eventUris"]!.AsArray().Select(uri => uri!.GetValue<string>()).Should().Contain(["urn:ietf:params:scim:event:prov:create:full", "urn:ietf:params:scim:event:misc:asyncresp"]);
    }

    private string OrganizationId { get; set; } = "";

    private static string Acknowledging(IEnumerable<SecurityToken> tokens) =>
        $$"""{"returnImmediately":true,"maxEvents":10,"ack":[{{string.Join(',', tokens.Select(token => $"\"{token.Id}\""))}}]}""";

    private async Task<string> CreateAsync(params string[] types)
    {
        var issued = await host.SendAsync(new CreateWebhook.Command(client.Organization, null, types, DeliveryMethod.Poll));
        OrganizationId = issued.Organization.Id;
        return issued.Webhook.Id;
    }

    private Task<ListWebhooks.Result> ListAsync() => host.SendAsync(new ListWebhooks.Query(client.Organization));

    private async Task<(IReadOnlyList<SecurityToken> Tokens, bool HasMore)> PollAsync(string id, string body)
    {
        var answer = await application.SendAsync("POST", $"/../../api/v1/webhooks/{id}/poll", body, ("Content-Type", "application/json"));
        answer.Status.Should().Be(200, answer.Raw);
        var keys = (await host.CreateClient().GetApiAsync($"/issuers/{OrganizationId}/jwks.json")).Body;
        var tokens = new List<SecurityToken>();
        foreach (var (name, token) in answer.Body["sets"]!.AsObject())
        {
            tokens.Add(SecurityToken.Verified(token!.GetValue<string>(), keys));
            tokens[^1].Id.Should().Be(name);
        }

        return (tokens, answer.Body["moreAvailable"]?.GetValue<bool>() ?? false);
    }
}
