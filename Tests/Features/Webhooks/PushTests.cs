using System.Globalization;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Features.Webhooks;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Webhooks;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Webhooks;

public sealed class PushTests : IAsyncLifetime, IAsyncDisposable
{
    private ScimHost host = null!;
    private WebhookReceiver receiver = null!;
    private ScimClient client = null!;
    private ScimClient application = null!;

    public async Task InitializeAsync()
    {
        host = new ScimHost { Settings = ["--ScimSlice:Outbound:AllowedNetworks", "127.0.0.0/8"] };
        await host.InitializeAsync();
        receiver = await WebhookReceiver.StartAsync();
        client = await host.CreateOrganizationAsync();
        application = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_change_is_told_by_a_token_of_the_organization_that_its_keys_verify()
    {
        var types = new List<(string Content, string Accept)>();
        receiver.Answer = (context, _) =>
        {
            lock (types)
            {
                types.Add((context.Request.ContentType!, context.Request.Headers.Accept.ToString()));
            }

            return Task.FromResult(202);
        };
        await CreateAsync();

        var ana = await client.CreateUserAsync("ana", "\"externalId\":\"00u1\"");
        var token = (await TokensAsync(1))[0];

        types.Should().Equal(("application/secevent+jwt", "application/json"));
        var told = (await application.GetApiAsync("/events")).Body["events"]![0]!;
        token.Claims["iss"]!.GetValue<string>().Should().Be($"{host.Origin.GetLeftPart(UriPartial.Authority)}/api/v1/issuers/{told["organization"]}");
        token.Claims["aud"]!.GetValue<string>().Should().Be(receiver.Url);
        token.Id.Should().Be(told["id"]!.GetValue<string>());
        token.Txn.Should().Be(told["requestId"]!.GetValue<string>());
        token.Claims["toe"]!.GetValue<long>().Should().Be(DateTimeOffset.Parse(told["at"]!.GetValue<string>(), CultureInfo.InvariantCulture).ToUnixTimeSeconds());
        token.Claims["iat"]!.GetValue<long>().Should().BeCloseTo(host.Clock.GetUtcNow().ToUnixTimeSeconds(), 60);
        token.Claims["sub_id"]!.ShouldBeJson($$"""{ "format": "scim", "uri": "/Users/{{ana.Id}}", "externalId": "00u1", "id": "{{ana.Id}}" }""");
        token.Claims.AsObject().Select(claim => claim.Key).Should().BeEquivalentTo("iss", "iat", "jti", "aud", "txn", "toe", "sub_id", "events");
        token.Events.ShouldBeJson(
            $$"""
            {
              "urn:ietf:params:scim:event:prov:create:full": {
                "data": { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "{{ana.Id}}", "userName": "ana", "externalId": "00u1", "active": true, "role": "member" },
                "version": "W/\"1\""
              }
            }
            """);
    }

    [Fact]
    public async Task Each_kind_of_change_has_its_event()
    {
        await CreateAsync();
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"remove","path":"title"},{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Kitchen"}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":false}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":true}""");
        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"remove","path":"members[value eq \"{{ana.Id}}\"]"}""");
        await client.DeleteAsync($"/Groups/{crew.Id}");
        await client.DeleteAsync($"/Users/{ana.Id}");
        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));

        var tokens = await TokensAsync(10);

        Of(ana).Should().Equal("prov:create:full", "prov:patch:full", "prov:deactivate prov:patch:full", "prov:activate prov:patch:full", "prov:delete", "prov:create:full");
        Of(crew).Should().Equal("prov:create:full", "prov:patch:full", "prov:patch:full", "prov:delete");
        tokens.First(token => token.Subject == $"/Users/{ana.Id}" && token.Told[0] == "prov:patch:full").Payload("prov:patch:full").ShouldBeJson(
            """
            {
              "data": {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [
                  { "op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Kitchen" },
                  { "op": "remove", "path": "title" }
                ]
              },
              "version": "W/\"2\""
            }
            """);
        tokens.Single(token => token.Told[0] == "prov:deactivate").Events.ShouldBeJson(
            """
            {
              "urn:ietf:params:scim:event:prov:deactivate": {},
              "urn:ietf:params:scim:event:prov:patch:full": {
                "data": { "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{ "op": "replace", "path": "active", "value": false }] },
                "version": "W/\"3\""
              }
            }
            """);
        tokens.Where(token => token.Subject == $"/Groups/{crew.Id}").Select(token => token.Events.First().Value!["data"]?["Operations"]?[0]?.ToJsonString()).Should().Equal(
            null,
            $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}","type":"User"}]}""",
            $$"""{"op":"remove","path":"members[value eq \u0022{{ana.Id}}\u0022]"}""",
            null);
        tokens.SelectMany(token => token.Events).Where(told => told.Key.EndsWith("delete", StringComparison.Ordinal)).Should().OnlyContain(told => told.Value!.AsObject().Count == 0);

        IEnumerable<string> Of(ScimAnswer resource) => tokens.Where(token => token.Subject.EndsWith(resource.Id, StringComparison.Ordinal)).Select(token => string.Join(' ', token.Told));
    }

    [Fact]
    public async Task A_notice_holds_names_and_no_values()
    {
        await CreateAsync(TokenMode.Notice, "https://app.example.com/scim");

        var ana = await client.CreateUserAsync("ana", "\"title\":\"Canary\"");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Canary"}""");
        await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("ana", "\"title\":\"Canary 2\""));
        await client.CreateGroupAsync("Canary", ana.Id);
        var tokens = await TokensAsync(5);

        tokens.Should().OnlyContain(token => token.Claims["aud"]!.GetValue<string>() == "https://app.example.com/scim" && !token.Claims.ToJsonString().Contains("Canary"));
        tokens.First(token => token.Subject == $"/Users/{ana.Id}").Payload("prov:create:notice").ShouldBeJson("""{ "attributes": ["userName", "title", "active", "role"], "version": "W/\"1\"" }""");
        tokens.Single(token => token.Subject == $"/Users/{ana.Id}" && token.Told[0] == "prov:patch:notice").Payload("prov:patch:notice")
            .ShouldBeJson("""{ "attributes": ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"], "version": "W/\"2\"" }""");
        tokens.Single(token => token.Told[0] == "prov:put:notice").Payload("prov:put:notice")
            .ShouldBeJson("""{ "attributes": ["title", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"], "version": "W/\"3\"" }""");
        tokens.Last(token => token.Subject.StartsWith("/Groups/", StringComparison.Ordinal)).Payload("prov:patch:notice").ShouldBeJson("""{ "attributes": ["members"], "version": "W/\"1\"" }""");
    }

    [Fact]
    public async Task What_a_receiver_does_not_take_is_sent_again_and_its_reason_is_told_by_code()
    {
        receiver.Answer = async (context, _) =>
        {
            context.Response.StatusCode = 400;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"err":"invalid_key","description":"Canary"}""");
            return 400;
        };
        await CreateAsync();
        await client.CreateUserAsync("ana");
        await Eventually.BeAsync(async () => (await host.SendAsync(new ListDeliveries.Query(client.Organization, null, null, null, 10))).Deliveries.Count == 1);

        var delivery = (await host.SendAsync(new ListDeliveries.Query(client.Organization, null, null, null, 10))).Deliveries[0];
        receiver.Answer = null;
        host.Clock.Advance(TimeSpan.FromSeconds(7));
        var tokens = await TokensAsync(1);

        delivery.Failure.Should().Be("It answered 400 (invalid_key).");
        tokens.Should().ContainSingle().Which.Told.Should().Equal("prov:create:full");
    }

    [Fact]
    public async Task Of_an_erased_user_a_token_tells_that_something_happened_and_no_value()
    {
        receiver.Answer = (_, _) => Task.FromResult(503);
        await CreateAsync();
        var ana = await client.CreateUserAsync("ana", "\"title\":\"Canary\"");
        await Eventually.BeAsync(() => Task.FromResult(!receiver.Received.IsEmpty));
        await client.DeleteAsync($"/Users/{ana.Id}");
        await host.SendAsync(new PurgeUser.Command(client.Organization, ana.Id));

        receiver.Answer = null;
        await Eventually.BeAsync(() =>
        {
            host.Clock.Advance(TimeSpan.FromSeconds(7));
            return Task.FromResult(receiver.Taken.Count >= 2);
        });

        var tokens = await TokensAsync(2);
        tokens[0].Payload("prov:create:notice").ShouldBeJson("""{ "attributes": [], "version": "W/\"1\"" }""");
        tokens.Should().OnlyContain(token => !token.Claims.ToJsonString().Contains("Canary"));
    }

    [Fact]
    public async Task What_a_user_may_do_by_its_groups_is_no_attribute_and_in_no_token()
    {
        await CreateAsync();
        var ana = await client.CreateUserAsync("ana", "\"externalId\":\"00u1\"");
        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        await host.SendAsync(new AssignRole.Command(client.Organization, crew.Id, "administrator"));
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"moderator"}""");
        await client.DeleteAsync($"/Users/{ana.Id}");

        var tokens = await TokensAsync(6);

        (await application.GetApiAsync("/events")).Text.Should().Contain("effectiveRole");
        tokens.Should().HaveCount(6, "the mapping is told as an event, and by no token").And.OnlyContain(token => !token.Claims.ToJsonString().Contains("effectiveRole"));
        tokens.Single(token => token.Told[0] == "prov:delete" && token.Subject == $"/Users/{ana.Id}").Claims["sub_id"]!["externalId"]!.GetValue<string>().Should().Be("00u1");
    }

    [Fact]
    public async Task A_new_key_signs_and_the_former_one_is_told_while_its_tokens_are_about()
    {
        await CreateAsync();
        await client.CreateUserAsync("ana");
        var first = (await TokensAsync(1))[0];

        await host.SendAsync(new RotateSigningKey.Command(client.Organization, TimeSpan.FromHours(1)));
        await client.CreateUserAsync("bob");
        var second = (await TokensAsync(2))[1];
        host.Clock.Advance(TimeSpan.FromHours(1));

        second.Header["kid"]!.GetValue<string>().Should().NotBe(first.Header["kid"]!.GetValue<string>());
        (await KeysAsync())["keys"]!.AsArray().Should().ContainSingle().Which!["kid"]!.GetValue<string>().Should().Be(second.Header["kid"]!.GetValue<string>());
    }

    [Fact]
    public async Task Keys_are_told_to_everybody_and_their_private_parts_to_nobody()
    {
        await CreateAsync();
        var other = await host.CreateOrganizationAsync();
        await host.SendAsync(new CreateWebhook.Command(other.Organization, null, [], DeliveryMethod.Poll));

        var keys = await host.CreateClient().GetApiAsync($"/issuers/{await OrganizationIdAsync()}/jwks.json");

        keys.Status.Should().Be(200);
        keys.Headers.CacheControl!.ToString().Should().Be("public, max-age=300");
        keys.Body["keys"]!.AsArray().Should().ContainSingle().Which!.AsObject().Select(member => member.Key).Should().BeEquivalentTo("kty", "crv", "x", "y", "use", "alg", "kid");
        (await host.CreateClient().GetApiAsync("/issuers/nobody/jwks.json")).Status.Should().Be(404);
        (await host.CreateClient().GetApiAsync($"/issuers/{client.Organization}/jwks.json?x=1")).Status.Should().Be(400);
    }

    [Theory]
    [InlineData("push", null, null, null)]
    [InlineData("poll", "https://app.example.com/", null, null)]
    [InlineData("webhook", "https://app.example.com/", "x", null)]
    [InlineData("webhook", "https://app.example.com/", null, "full")]
    [InlineData("push", "https://app.example.com/", "", null)]
    [InlineData("push", "https://app.example.com/", null, "some")]
    [InlineData("mail", "https://app.example.com/", null, null)]
    public async Task What_does_not_go_together_is_refused(string delivery, string? url, string? audience, string? mode)
    {
        var create = () => host.SendAsync(new CreateWebhook.Command(client.Organization, url, [], delivery, audience, mode));

        (await create.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(400);
    }

    private Task<IssuedWebhook> CreateAsync(string? mode = null, string? audience = null) =>
        host.SendAsync(new CreateWebhook.Command(client.Organization, receiver.Url, [], DeliveryMethod.Push, audience, mode));

    private async Task<IReadOnlyList<SecurityToken>> TokensAsync(int count)
    {
        await Eventually.BeAsync(() => Task.FromResult(receiver.Taken.Count >= count));
        var keys = await KeysAsync();
        return [.. receiver.Taken.Select(message => SecurityToken.Verified(message.Body, keys))];
    }

    private async Task<System.Text.Json.Nodes.JsonNode> KeysAsync() => (await host.CreateClient().GetApiAsync($"/issuers/{await OrganizationIdAsync()}/jwks.json")).Body;

    private async Task<string> OrganizationIdAsync() => (await host.SendAsync(new ListWebhooks.Query(client.Organization))).Organization.Id;
}
