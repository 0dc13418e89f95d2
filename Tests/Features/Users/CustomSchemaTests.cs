using Dapper;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>What an operator's schema files add behaves like what is built in (docs/schemas.md).</summary>
public sealed class CustomSchemaTests(CustomSchemaTests.Served served) : IClassFixture<CustomSchemaTests.Served>
{
    private const string Badge = "urn:example:schemas:badge:1.0:User";
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";

    private readonly ScimHost host = served.Host;

    [Fact]
    public async Task Discovery_serves_them()
    {
        var client = await host.CreateOrganizationAsync();

        var type = await client.GetAsync("/ResourceTypes/User");
        var schema = await client.GetAsync($"/Schemas/{Badge}");
        var core = await client.GetAsync($"/Schemas/{Core}");

        type.Body["schemaExtensions"]!.ToJsonString().Should().Contain($$"""{"schema":"{{Badge}}","required":false}""");
        schema.Status.Should().Be(200);
        schema.Body["name"]!.GetValue<string>().Should().Be("Badge");
        schema.Body["attributes"]!.AsArray().Select(attribute => attribute!["name"]!.GetValue<string>()).Should().StartWith(["number", "issuedAt", "weight", "pin"]);
        core.Body["attributes"]!.AsArray().Select(attribute => attribute!["name"]!.GetValue<string>()).Should().EndWith("costUnit");
        (await client.GetAsync("/Schemas")).TotalResults.Should().Be(7);
    }

    [Fact]
    public async Task They_are_stored_and_returned_as_their_characteristics_say()
    {
        var client = await host.CreateOrganizationAsync();

        var created = await client.CreateUserAsync("ana", $$"""
            "COSTUNIT":"77","{{Badge.ToUpperInvariant()}}":{"number":7,"issuedAt":"2026-01-01T00:00:00Z","weight":1.50,"pin":"kept-nowhere","serial":"A1","office":"Berlin",
            "printedAt":"2026-01-01T00:00:00Z","level":"HIGH","colours":["red","Blue"],"lost":"True","doors":[{"value":"north","until":"2027-01-01T00:00:00+01:00"}]},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"grade":3}
            """);

        created.Body["schemas"]!.AsArray().Select(urn => urn!.GetValue<string>()).Should().Contain(Badge);
        created.Body["costUnit"]!.GetValue<string>().Should().Be("77");
        var badge = created.Body[Badge]!;
        badge["number"]!.ToJsonString().Should().Be("7");
        badge["weight"]!.ToJsonString().Should().Be("1.50");
        badge["lost"]!.ToJsonString().Should().Be("true");
        badge["pin"].Should().BeNull("never returned");
        badge["printedAt"].Should().BeNull("readOnly");
        badge["colours"]!.ToJsonString().Should().Be("[\"red\",\"Blue\"]");
        host.ReadDatabase().Should().NotContain("kept-nowhere");
        (await client.GetAsync($"/Users/{created.Id}?attributes={Badge}:serial,userName")).Body[Badge]!.ToJsonString().Should().Be("""{"serial":"A1","office":"Berlin"}""");
        (await client.GetAsync($"/Users/{created.Id}?attributes={Badge}:doors.value")).Body[Badge]!["doors"]!.ToJsonString().Should().Be("""[{"value":"north"}]""");
    }

    [Fact]
    public async Task What_is_returned_on_request_is_not_returned_by_default()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", $$"""
            "{{Badge}}":{"serial":"A1","weight":2}
            """);

        (await client.GetAsync($"/Users/{created.Id}")).Body[Badge]!.AsObject().Select(member => member.Key).Should().Equal("weight");
        (await client.GetAsync("/Users")).Resources[0]![Badge]!.AsObject().Select(member => member.Key).Should().Equal("weight");
        (await client.GetAsync($"/Users/{created.Id}?attributes={Badge}:serial")).Body[Badge]!["serial"]!.GetValue<string>().Should().Be("A1");
        (await client.GetAsync($"/Users/{created.Id}?excludedAttributes=userName")).Body[Badge]!.AsObject().Select(member => member.Key).Should().Equal("weight");
    }

    [Theory]
    [InlineData("\"number\":1.5", "number", "an integer")]
    [InlineData("\"number\":1e3", "number", "an integer")]
    [InlineData("\"weight\":\"heavy\"", "weight", "a number")]
    [InlineData("\"issuedAt\":\"yesterday\"", "issuedAt", "date and time")]
    [InlineData("\"level\":\"middle\"", "level", "low, high")]
    [InlineData("\"photo\":\"%%%\"", "photo", "base64")]
    [InlineData("\"lost\":\"perhaps\"", "lost", "true or false")]
    [InlineData("\"pin\":5", "pin", "a string")]
    [InlineData("\"doors\":[{\"floor\":1}]", "doors[0].value", "is required")]
    [InlineData("\"doors\":[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":true}]", "doors", "primary")]
    public async Task A_value_that_does_not_suit_is_invalidValue_on_POST_PUT_and_PATCH(string member, string path, string expectation)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        var body = ScimClient.User("bob", $"\"{Badge}\":{{{member}}}");

        foreach (var answer in (ScimAnswer[])
            [
                await client.PostAsync("/Users", body),
                await client.PutAsync($"/Users/{user.Id}", body),
                await client.PatchAsync($"/Users/{user.Id}", $"{{\"op\":\"add\",\"value\":{{\"{Badge}\":{{{member}}}}}}}"),
            ])
        {
            answer.ShouldBeError(400, "invalidValue");
            answer.Detail.Should().Contain(path).And.Contain(expectation);
        }

        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
    }

    [Theory]
    [InlineData($"{Badge}:number gt 5", "ana")]
    [InlineData("number le 5.0", "bob")]
    [InlineData($"{Badge}:number eq 7", "ana")]
    [InlineData("weight lt 1.75", "ana")]
    [InlineData("issuedAt lt \"2026-06-01T02:00:00+02:00\"", "ana")]
    [InlineData("colours eq \"BLUE\"", "ana")]
    [InlineData("colours[value sw \"gr\"]", "bob")]
    [InlineData("doors[until gt \"2026-12-31T22:00:00Z\" and value eq \"north\"]", "ana")]
    [InlineData("doors.floor ge 2", "bob")]
    [InlineData("serial eq \"a1\"", "bob")]
    [InlineData("lost eq true", "ana")]
    [InlineData("costUnit pr", "ana")]
    [InlineData($"schemas eq \"{Badge}\" and not (lost pr)", "bob")]
    [InlineData("grade eq 3", "bob")]
    [InlineData("printedAt pr", "")]
    public async Task They_are_filtered_on(string filter, string expected)
    {
        var client = await PopulatedAsync();

        var answer = await client.FilterAsync(filter);

        answer.Status.Should().Be(200, answer.Text);
        answer.UserNames.Should().Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("pin eq \"1\"")]
    [InlineData("lost gt false")]
    [InlineData("number co \"1\"")]
    [InlineData("number eq \"seven\"")]
    [InlineData("badgeNumber eq 1")]
    public async Task A_filter_that_does_not_suit_is_invalidFilter(string filter)
    {
        var client = await PopulatedAsync();

        (await client.FilterAsync(filter)).ShouldBeError(400, "invalidFilter");
    }

    [Theory]
    [InlineData("number", "bob ana cy")]
    [InlineData("weight", "ana bob cy")]
    [InlineData("issuedAt", "ana bob cy")]
    [InlineData("doors.floor", "bob ana cy")]
    [InlineData("doors", "ana bob cy")]
    [InlineData("colours", "bob ana cy")]
    [InlineData("costUnit", "ana bob cy")]
    public async Task They_are_sorted_by(string sortBy, string expected)
    {
        var client = await PopulatedAsync();

        (await client.GetAsync($"/Users?sortBy={sortBy}")).UserNames.Should().Equal(expected.Split(' '));
        (await client.GetAsync($"/Users?sortBy={sortBy}&sortOrder=descending")).UserNames.Should().Equal(expected.Split(' ').Reverse());
    }

    [Fact]
    public async Task They_are_patched()
    {
        var client = await PopulatedAsync();
        var user = (await client.FilterAsync("userName eq \"ana\"")).Resources[0]!["id"]!.GetValue<string>();

        var patched = await client.PatchAsync($"/Users/{user}", $$"""
            {"op":"replace","path":"{{Badge}}:doors[value eq \"north\"].floor","value":9},
            {"op":"add","path":"{{Badge}}:colours","value":"green"},
            {"op":"remove","path":"{{Badge}}:weight"},
            {"op":"replace","path":"costUnit","value":"78"},
            {"op":"add","value":{"{{Badge}}:office":"Bonn"} }
            """);

        patched.Status.Should().Be(200, patched.Text);
        patched.Body["costUnit"]!.GetValue<string>().Should().Be("78");
        patched.Body[Badge]!.ToJsonString().Should().Be(
            """{"number":7,"issuedAt":"2026-01-01T00:00:00Z","colours":["red","Blue","green"],"lost":true,"doors":[{"value":"north","until":"2027-01-01T00:00:00\u002B01:00","floor":9}],"office":"Bonn"}""");
        (await client.PatchAsync($"/Users/{user}", $$"""{"op":"replace","path":"{{Badge}}:printedAt","value":"2026-01-01T00:00:00Z"}""")).ShouldBeError(400, "mutability");
        (await client.PatchAsync($"/Users/{user}", $$"""{"op":"replace","path":"{{Badge}}:issuedAt","value":"2026-02-01T00:00:00Z"}""")).ShouldBeError(400, "mutability");
        (await client.PatchAsync($"/Users/{user}", $$"""{"op":"remove","path":"{{Badge}}:issuedAt"}""")).ShouldBeError(400, "mutability");
    }

    [Fact]
    public async Task An_immutable_value_is_kept_by_a_PUT_without_it_and_another_one_is_mutability()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana", $$$"""
            "{{{Badge}}}":{"issuedAt":"2026-01-01T00:00:00Z","holder":{"made":"Bonn","note":"old"}}
            """);

        var without = await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana", $$$"""
            "{{{Badge}}}":{"holder":{"note":"new"}}
            """));
        var same = await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana", $$$"""
            "{{{Badge}}}":{"issuedAt":"2026-01-01T00:00:00Z","holder":{"made":"BONN"}}
            """));
        var gone = await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana"));
        var other = await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana", $"\"{Badge}\":{{\"issuedAt\":\"2026-02-01T00:00:00Z\"}}"));
        var inner = await client.PutAsync($"/Users/{user.Id}", ScimClient.User("ana", $$$"""
            "{{{Badge}}}":{"holder":{"made":"Berlin"}}
            """));

        without.Body[Badge]!["issuedAt"]!.GetValue<string>().Should().Be("2026-01-01T00:00:00Z");
        without.Body[Badge]!["holder"]!.ToJsonString().Should().Be("""{"note":"new","made":"Bonn"}""");
        same.Body[Badge]!["holder"]!.ToJsonString().Should().Be("""{"made":"Bonn"}""");
        gone.Body[Badge]!["issuedAt"]!.GetValue<string>().Should().Be("2026-01-01T00:00:00Z");
        other.ShouldBeError(400, "mutability");
        inner.ShouldBeError(400, "mutability");
        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(gone.Text);
    }

    [Fact]
    public async Task An_immutable_value_is_not_changed_by_removing_and_adding_it()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana", $$$"""
            "{{{Badge}}}":{"issuedAt":"2026-01-01T00:00:00Z","holder":{"made":"Bonn","note":"n"}}
            """);

        foreach (var operations in (string[])
            [
                $$"""{"op":"remove","path":"{{Badge}}"},{"op":"add","path":"{{Badge}}:issuedAt","value":"2026-02-01T00:00:00Z"}""",
                $$"""{"op":"remove","path":"{{Badge}}:holder"},{"op":"add","path":"{{Badge}}:holder.made","value":"Berlin"}""",
                $$"""{"op":"remove","path":"{{Badge}}:holder"}""",
                $$"""{"op":"remove","path":"{{Badge}}"}""",
                $$"""{"op":"remove","path":"schemas[value eq \"{{Badge}}\"]"}""",
            ])
        {
            (await client.PatchAsync($"/Users/{user.Id}", operations)).Status.Should().Be(400, operations);
        }

        (await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"replace","path":"{{Badge}}:holder.note","value":"new"}""")).Status.Should().Be(200);
        (await client.GetAsync($"/Users/{user.Id}")).Body[Badge]!["holder"]!["made"]!.GetValue<string>().Should().Be("Bonn");
    }

    [Fact]
    public async Task What_is_writeOnly_is_stored_at_no_level_by_no_method()
    {
        var client = await host.CreateOrganizationAsync();
        var members = $$$"""
            "{{{Badge}}}":{"pin":"canary1","lock":{"value":"v","code":"canary2"},"safe":{"value":"canary3"}}
            """;

        var created = await client.CreateUserAsync("ana", members);
        var replaced = await client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", members));
        var patched = await client.PatchAsync($"/Users/{created.Id}", $$"""
            {"op":"add","path":"{{Badge}}:lock.code","value":"canary4"},{"op":"add","path":"{{Badge}}:safe.value","value":"canary5"},
            {"op":"add","path":"{{Badge}}:lock","value":{"code":"canary6"} },{"op":"add","value":{"{{Badge}}:safe":{"value":"canary7"} } }
            """);

        created.Body[Badge]!.ToJsonString().Should().Be("""{"lock":{"value":"v"}}""");
        replaced.Body[Badge]!.ToJsonString().Should().Be("""{"lock":{"value":"v"}}""");
        patched.Status.Should().Be(200, patched.Text);
        patched.Body[Badge]!.ToJsonString().Should().Be("""{"lock":{"value":"v"}}""");
        host.ReadDatabase().Should().NotContain("canary");
        (await client.PatchAsync($"/Users/{created.Id}", $$"""{"op":"add","path":"{{Badge}}:lock.code","value":5}""")).ShouldBeError(400, "invalidValue");
    }

    [Theory]
    [InlineData("lock.code sw \"c\"")]
    [InlineData("lock.code pr")]
    [InlineData("lock[code pr]")]
    [InlineData("lock[code eq \"c\"]")]
    [InlineData("safe.value eq \"c\"")]
    [InlineData("safe[value eq \"c\"]")]
    [InlineData("safe pr")]
    [InlineData("safe.value pr")]
    public async Task What_is_never_returned_is_told_by_no_filter_and_no_order(string filter)
    {
        var client = await host.CreateOrganizationAsync();

        (await client.FilterAsync(filter)).ShouldBeError(400, "invalidFilter");
        (await client.GetAsync($"/Users?sortBy={filter.Split(' ')[0].Split('[')[0]}")).ShouldBeError(400, "invalidValue");
    }

    [Fact]
    public async Task What_is_returned_on_request_is_shown_to_the_request_that_wrote_it()
    {
        var client = await host.CreateOrganizationAsync();
        var members = $"\"{Badge}\":{{\"serial\":\"A1\",\"weight\":2}}";

        var created = await client.CreateUserAsync("ana", members);
        var replaced = await client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", members));
        var patched = await client.PatchAsync($"/Users/{created.Id}", $$"""{"op":"replace","path":"{{Badge}}:serial","value":"A2"}""");
        var other = await client.PatchAsync($"/Users/{created.Id}", $$"""{"op":"replace","path":"{{Badge}}:weight","value":3}""");
        var excluded = await client.PutAsync($"/Users/{created.Id}?excludedAttributes={Badge}:serial", ScimClient.User("ana", members));

        created.Body[Badge]!["serial"]!.GetValue<string>().Should().Be("A1");
        replaced.Body[Badge]!["serial"]!.GetValue<string>().Should().Be("A1");
        patched.Body[Badge]!["serial"]!.GetValue<string>().Should().Be("A2");
        other.Body[Badge]!.ToJsonString().Should().Be("""{"weight":3}""");
        excluded.Body[Badge]!.ToJsonString().Should().Be("""{"weight":2}""");
    }

    [Fact]
    public async Task A_unique_value_is_taken_until_it_is_given_up()
    {
        var (client, elsewhere) = (await host.CreateOrganizationAsync(), await host.CreateOrganizationAsync());
        var ana = await client.CreateUserAsync("ana", $"\"{Badge}\":{{\"number\":1}}");
        var bob = await client.CreateUserAsync("bob", $"\"{Badge}\":{{\"number\":2}}");

        (await client.PostAsync("/Users", ScimClient.User("cy", $"\"{Badge}\":{{\"number\":1}}"))).ShouldBeError(409, "uniqueness");
        (await client.PutAsync($"/Users/{bob.Id}", ScimClient.User("bob", $"\"{Badge}\":{{\"number\":1}}"))).ShouldBeError(409, "uniqueness");
        (await client.PatchAsync($"/Users/{bob.Id}", $$"""{"op":"replace","path":"{{Badge}}:number","value":1}""")).ShouldBeError(409, "uniqueness");
        (await client.FilterAsync("userName eq \"cy\"")).TotalResults.Should().Be(0, "what is refused leaves nothing behind");
        (await client.GetAsync($"/Users/{bob.Id}")).Text.Should().Be(bob.Text);
        (await elsewhere.PostAsync("/Users", ScimClient.User("ana", $"\"{Badge}\":{{\"number\":1}}"))).Status.Should().Be(201);

        await client.PatchAsync($"/Users/{ana.Id}", $$"""{"op":"replace","path":"{{Badge}}:number","value":3}""");
        (await client.PatchAsync($"/Users/{bob.Id}", $$"""{"op":"replace","path":"{{Badge}}:number","value":1}""")).Status.Should().Be(200);
        await client.DeleteAsync($"/Users/{bob.Id}");
        (await client.PatchAsync($"/Users/{ana.Id}", $$"""{"op":"replace","path":"{{Badge}}:number","value":1}""")).Status.Should().Be(200);
        var restore = () => host.SendAsync(new RestoreUser.Command(client.Organization, bob.Id));
        (await restore.Should().ThrowAsync<ScimException>()).Which.ScimType.Should().Be("uniqueness");
    }

    [Fact]
    public async Task Of_many_who_take_a_unique_value_at_once_one_gets_it()
    {
        var client = await host.CreateOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => client.PostAsync("/Users", ScimClient.User($"user{index}", $"\"{Badge}\":{{\"number\":5}}"))));

        answers.Where(answer => answer.Status == 201).Should().ContainSingle();
        answers.Where(answer => answer.Status != 201).Should().AllSatisfy(answer => answer.ShouldBeError(409, "uniqueness"));
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task An_organization_with_a_folder_of_its_own_has_its_own_form()
    {
        var client = await OwnAsync();

        var schema = await client.GetAsync($"/Schemas/{Badge}");
        var type = await client.GetAsync("/ResourceTypes/User");
        var missing = await client.PostAsync("/Users", ScimClient.User("ana"));
        var created = await client.PostAsync("/Users", ScimClient.User("ana", $"\"costUnit\":\"1\",\"{Badge}\":{{\"nickname\":\"Annie\",\"number\":1}}"));

        schema.Body["attributes"]!.AsArray().Should().ContainSingle();
        type.Body["schemaExtensions"]!.ToJsonString().Should().Contain($$"""{"schema":"{{Badge}}","required":true}""");
        missing.ShouldBeError(400, "invalidValue");
        missing.Detail.Should().Contain($"{Badge}:nickname");
        created.Body[Badge]!.ToJsonString().Should().Be("""{"nickname":"Annie"}""");
        created.Body["costUnit"]!.GetValue<string>().Should().Be("1");
    }

    [Fact]
    public async Task Who_was_there_before_an_attribute_was_required_can_still_be_deactivated()
    {
        var client = await host.CreateOrganizationAsync();
        var own = await OwnAsync();
        var user = await client.CreateUserAsync("before");
        using (var database = host.OpenDatabase())
        {
            database.Execute("""
                update users set organization_id = (select id from organizations where name = 'own') where id = @Id
                """, new { user.Id });
        }

        (await own.PatchAsync($"/Users/{user.Id}", """{"op":"replace","path":"active","value":false}""")).Status.Should().Be(200);
        (await own.PatchAsync($"/Users/{user.Id}", $$"""{"op":"add","path":"{{Badge}}:nickname","value":"A"}""")).Status.Should().Be(200);
        (await own.PatchAsync($"/Users/{user.Id}", $$"""{"op":"remove","path":"{{Badge}}:nickname"}""")).ShouldBeError(400, "mutability");
    }

    /// <summary>A token of the organization that has a folder of its own.</summary>
    private async Task<ScimClient> OwnAsync()
    {
        if ((await host.SendAsync(new ListOrganizations.Query())).All(organization => organization.Name != "own"))
        {
            await host.SendAsync(new CreateOrganization.Command("own"));
        }

        return await host.CreateTokenAsync("own");
    }

    /// <summary>Ana, Bob, and Cy who has nothing.</summary>
    private async Task<ScimClient> PopulatedAsync()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", $$"""
            "costUnit":"77","{{Badge}}":{"number":7,"issuedAt":"2026-01-01T00:00:00Z","weight":1.5,"colours":["red","Blue"],"lost":true,
            "doors":[{"value":"north","until":"2027-01-01T00:00:00+01:00","floor":1}]}
            """);
        await client.CreateUserAsync("bob", $$"""
            "{{Badge}}":{"number":-2,"issuedAt":"2026-09-01T00:00:00Z","weight":10,"serial":"a1","colours":["green"],
            "doors":[{"value":"west","floor":2},{"value":"south","floor":0,"primary":true}]},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"grade":3}
            """);
        await client.CreateUserAsync("cy");
        return client;
    }

    /// <summary>A server with files that add an extension, an attribute of the core and one of the enterprise extension; one organization has a folder of its own.</summary>
    public sealed class Served : IAsyncLifetime
    {
        public Served() => Host = new ScimHost { Settings = ["--ScimSlice:Schemas:Folder", Folder] };

        public string Folder { get; } = Directory.CreateTempSubdirectory("scimslice-schemas-").FullName;

        public ScimHost Host { get; }

        public async Task InitializeAsync()
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, "badge.json"), $$"""
                {
                  "id": "{{Badge}}", "name": "Badge", "description": "What opens doors",
                  "attributes": [
                    { "name": "number", "type": "integer", "uniqueness": "server" },
                    { "name": "issuedAt", "type": "dateTime", "mutability": "immutable" },
                    { "name": "weight", "type": "decimal" },
                    { "name": "pin", "mutability": "writeOnly", "returned": "never" },
                    { "name": "serial", "caseExact": true, "returned": "request" },
                    { "name": "office", "returned": "always" },
                    { "name": "printedAt", "type": "dateTime", "mutability": "readOnly" },
                    { "name": "level", "canonicalValues": ["low", "high"], "closed": true },
                    { "name": "colours", "multiValued": true },
                    { "name": "photo", "type": "binary" },
                    { "name": "lost", "type": "boolean" },
                    { "name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                        { "name": "value", "required": true }, { "name": "until", "type": "dateTime" }, { "name": "floor", "type": "integer" },
                        { "name": "primary", "type": "boolean" } ] },
                    { "name": "holder", "type": "complex", "subAttributes": [ { "name": "made", "mutability": "immutable" }, { "name": "note" } ] },
                    { "name": "lock", "type": "complex", "subAttributes": [ { "name": "value" }, { "name": "code", "mutability": "writeOnly", "returned": "never" } ] },
                    { "name": "safe", "type": "complex", "mutability": "writeOnly", "returned": "never", "subAttributes": [ { "name": "value" } ] }
                  ]
                }
                """);
            await File.WriteAllTextAsync(Path.Combine(Folder, "core.json"), $$"""{ "extends": "{{Core}}", "attributes": [ { "name": "costUnit", "description": "Who pays" } ] }""");
            await File.WriteAllTextAsync(Path.Combine(Folder, "enterprise.json"), """
                { "extends": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "attributes": [ { "name": "grade", "type": "integer" } ] }
                """);
            var own = Directory.CreateDirectory(Path.Combine(Folder, "Own")).FullName;
            await File.WriteAllTextAsync(Path.Combine(own, "badge.json"), $$"""{ "id": "{{Badge}}", "name": "Badge", "attributes": [ { "name": "nickname", "required": true } ], "required": true }""");
            await Host.InitializeAsync();
        }

        public async Task DisposeAsync()
        {
            await Host.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
