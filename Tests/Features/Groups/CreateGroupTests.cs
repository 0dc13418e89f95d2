using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Groups;

public sealed class CreateGroupTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:Group";
    private const string Unknown = "0199c2a7-0000-7000-8000-000000000000";

    [Fact]
    public async Task A_created_group_is_answered_with_its_representation_and_location()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"],"displayName":"Tour Guides"}""");

        answer.Status.Should().Be(201, answer.Text);
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/scim+json");
        answer.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/Groups/{answer.Id}").And.Be(answer.Body["meta"]!["location"]!.GetValue<string>());
        answer.ContentHeaders.ContentLocation!.ToString().Should().Be(answer.Headers.Location!.ToString());
        answer.Tag.Should().Be("W/\"1\"").And.Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().Be(answer.LastModified());
        answer.Without("id", "meta").Should().Be($$"""{"schemas":["{{Core}}"],"displayName":"Tour Guides"}""");
        answer.Body["meta"]!["resourceType"]!.GetValue<string>().Should().Be("Group");
        (await client.GetAsync($"/Groups/{answer.Id}")).Text.Should().Be(answer.Text);
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task Members_are_users_and_groups_answered_with_ref_display_and_type()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana@example.com", "\"displayName\":\"Ana Ruiz\"");
        var bob = await client.CreateUserAsync("bob@example.com");
        var guides = await client.CreateGroupAsync("Guides");

        var answer = await client.PostAsync("/Groups", ScimClient.Group("All", guides.Id, bob.Id, ana.Id));

        answer.Status.Should().Be(201, answer.Text);
        answer.Tag.Should().Be("W/\"1\"");
        answer.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/Groups/{answer.Id}");
        answer.MemberIds().Should().BeEquivalentTo(ana.Id, bob.Id, guides.Id);
        answer.Member(ana.Id).ShouldBeJson($$"""{"value":"{{ana.Id}}","$ref":"{{client.BaseUrl}}/Users/{{ana.Id}}","display":"Ana Ruiz","type":"User"}""");
        answer.Member(bob.Id).ShouldBeJson($$"""{"value":"{{bob.Id}}","$ref":"{{client.BaseUrl}}/Users/{{bob.Id}}","display":"bob@example.com","type":"User"}""");
        answer.Member(guides.Id).ShouldBeJson($$"""{"value":"{{guides.Id}}","$ref":"{{client.BaseUrl}}/Groups/{{guides.Id}}","display":"Guides","type":"Group"}""");
        (await client.GetAsync($"/Groups/{answer.Id}")).Text.Should().Be(answer.Text);
        (await client.GetAsync("/Groups")).Resources.Single(group => group!["id"]!.GetValue<string>() == answer.Id).ShouldBeJson(answer.Text);
    }

    [Theory]
    [InlineData("007")]
    [InlineData("null")]
    [InlineData("Jürgen 😀 O'Malley")]
    [InlineData("a\\\"b\\\\c\\u0007")]
    [InlineData("x\\\"}],\\\"lastModified\\\":\\\"y\\\",\\\"meta\\\":{\\\"resourceType\\\":")]
    public async Task A_display_is_the_name_as_it_was_sent(string name)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana", $"\"displayName\":\"{name}\"");
        var nested = await client.CreateGroupAsync(name);

        var answer = await client.CreateGroupAsync(name, user.Id, nested.Id);

        var sent = JsonNode.Parse($"\"{name}\"")!.GetValue<string>();
        answer.Body["displayName"]!.GetValue<string>().Should().Be(sent);
        answer.Member(user.Id)!["display"]!.GetValue<string>().Should().Be(sent);
        answer.Member(nested.Id)!["display"]!.GetValue<string>().Should().Be(sent);
        (await client.PatchAsync($"/Groups/{answer.Id}", $$"""{"op":"remove","path":"members[value eq \"{{user.Id}}\"]"}""")).Tag.Should().Be("W/\"2\"");
        var read = await client.GetAsync($"/Groups/{answer.Id}");
        read.Body["displayName"]!.GetValue<string>().Should().Be(sent);
        read.MemberIds().Should().Equal(nested.Id);
        read.Body["meta"]!["version"]!.GetValue<string>().Should().Be("W/\"2\"");
        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
    }

    [Theory]
    [InlineData("""[{"value":"{ana}"}]""")]
    [InlineData("""[{"value":"{ANA}"}]""")]
    [InlineData("""[{"value":"{ana}","$ref":null}]""")]
    [InlineData("""[{"value":"{ana}","$ref":"https://elsewhere.example/Users/1","display":"Somebody else"}]""")]
    [InlineData("""[{"value":"{ana}","type":"User"}]""")]
    [InlineData("""[{"value":"{ana}","type":"user"}]""")]
    [InlineData("""[{"value":"{ana}","type":null,"display":null}]""")]
    [InlineData("""[{"VALUE":"{ana}","Type":"User","unknown":1}]""")]
    [InlineData("""[{"value":"{ana}"},{"value":"{ana}"}]""")]
    [InlineData("""[{"value":"{ana}","display":"a"},{"value":"{ANA}","type":"User"}]""")]
    [InlineData("""[null,{"value":"{ana}"},{}]""")]
    [InlineData("""{"value":"{ana}"}""")]
    [InlineData("\"{ana}\"")]
    [InlineData("""["{ana}"]""")]
    public async Task A_member_is_understood_in_each_form_that_clients_send(string members)
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var ids = new NamedIds { ["ana"] = ana.Id, ["ANA"] = ana.Id.ToUpperInvariant() };

        var answer = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"],"displayName":"Guides","members":{{ids.Fill(members)}}}""");

        answer.Status.Should().Be(201, answer.Text);
        var read = await client.GetAsync($"/Groups/{answer.Id}");
        read.Body["members"].ShouldBeJson($$"""[{"value":"{{ana.Id}}","$ref":"{{client.BaseUrl}}/Users/{{ana.Id}}","display":"ana","type":"User"}]""");
        read.Text.Should().Be(answer.Text);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("[{\"value\":\"\"}]")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    public async Task No_members_are_none_however_they_are_sent(string members)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var answer = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"],"displayName":"Guides","members":{{members}}}""");

        answer.Status.Should().Be(201, answer.Text);
        var read = await client.GetAsync($"/Groups/{answer.Id}");
        read.Without("id", "meta").Should().Be($$"""{"schemas":["{{Core}}"],"displayName":"Guides"}""");
        read.Text.Should().Be(answer.Text);
    }

    [Theory]
    [InlineData("7", "members")]
    [InlineData("true", "members")]
    [InlineData("[7]", "members[0]")]
    [InlineData("""[[{"value":"{ana}"}]]""", "members[0]")]
    [InlineData("""[{"display":"Ana"}]""", "members[0].value")]
    [InlineData("""[{"value":"{ana}"},{"type":"User"}]""", "members[1].value")]
    [InlineData("""[{"value":"","type":"User"}]""", "members[0].value")]
    [InlineData("""[{"value":" "}]""", "members")]
    [InlineData("""[{"value":{"id":"{ana}"}}]""", "members[0].value")]
    [InlineData("""[{"value":"{ana}","type":"Group"}]""", "{ana}")]
    [InlineData("""[{"value":"{sub}","type":"User"}]""", "{sub}")]
    [InlineData("""[{"value":"{ana}","type":"Device"}]""", "{ana}")]
    [InlineData("""[{"value":"{ana}"},{"value":"{ana}","type":"Group"}]""", "{ana}")]
    public async Task A_member_that_cannot_be_one_is_an_invalidValue_that_is_named(string members, string named)
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new NamedIds { ["ana"] = (await client.CreateUserAsync("ana")).Id, ["sub"] = (await client.CreateGroupAsync("Sub")).Id };

        var answer = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"],"displayName":"Guides","members":{{ids.Fill(members)}}}""");

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain(ids.Fill(named));
        (await client.GetAsync("/Groups")).DisplayNames().Should().Equal("Sub");
    }

    [Fact]
    public async Task Ids_that_are_unknown_deleted_or_of_another_organization_are_refused_alike_and_named()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var deleted = await client.CreateUserAsync("gone");
        await client.DeleteAsync($"/Users/{deleted.Id}");
        string[] strangers = [Unknown, deleted.Id, (await other.CreateUserAsync("bob")).Id, (await other.CreateGroupAsync("Foreign")).Id];

        var answers = new List<ScimAnswer>();
        foreach (var id in strangers)
        {
            answers.Add(await client.PostAsync("/Groups", ScimClient.Group("Guides", ana.Id, id)));
        }

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(400, "invalidValue"));
        answers.Zip(strangers).Should().AllSatisfy(sent => sent.First.Detail.Should().Contain(sent.Second).And.NotContain(ana.Id));
        answers.Zip(strangers).Select(sent => sent.First.Text.Replace(sent.Second, "ID", StringComparison.Ordinal)).Distinct().Should().ContainSingle();
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
        (await client.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(ana.Text);
        (await other.GetAsync("/Users")).Text.Should().NotContain("\"groups\"");
    }

    [Fact]
    public async Task All_ids_that_are_unknown_are_named_at_once_and_a_long_list_of_them_in_part()
    {
        var client = await host.CreateOrganizationAsync();
        var many = Enumerable.Range(0, 500).Select(index => $"nobody-{index:D3}").ToArray();

        var three = await client.PostAsync("/Groups", ScimClient.Group("Guides", "nobody-1", "nobody-2", "nobody-3"));
        var fiveHundred = await client.PostAsync("/Groups", ScimClient.Group("Guides", many));
        var endless = await client.PostAsync("/Groups", ScimClient.Group("Guides", new string('x', 20_000)));

        three.ShouldBeError(400, "invalidValue");
        three.Detail.Should().ContainAll("nobody-1", "nobody-2", "nobody-3");
        fiveHundred.ShouldBeError(400, "invalidValue");
        fiveHundred.Detail.Should().Contain("nobody-000").And.Contain("480 more").And.NotContain("nobody-499");
        endless.ShouldBeError(400, "invalidValue");
        endless.Text.Length.Should().BeLessThan(500);
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"displayName\":null")]
    [InlineData("\"displayName\":\"\"")]
    [InlineData("\"displayName\":\"  \"")]
    [InlineData("\"displayName\":[]")]
    [InlineData("\"displayName\":{\"a\":1}")]
    public async Task A_group_without_a_displayName_is_an_invalidValue(string member)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"]{{(member.Length > 0 ? "," : "")}}{{member}}}""");

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain("displayName");
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_displayName_and_an_externalId_may_be_those_of_another_group()
    {
        var client = await host.CreateOrganizationAsync();
        const string Body = $$"""{"schemas":["{{Core}}"],"displayName":"Guides","externalId":"hr-17"}""";
        var first = await client.PostAsync("/Groups", Body);

        var second = await client.PostAsync("/Groups", Body);

        second.Status.Should().Be(201, second.Text);
        second.Id.Should().NotBe(first.Id);
        second.Body["externalId"]!.GetValue<string>().Should().Be("hr-17");
        (await client.FilterGroupsAsync("displayName eq \"guides\" and externalId eq \"hr-17\"")).TotalResults.Should().Be(2);
        (await client.GetAsync($"/Groups/{second.Id}")).Text.Should().Be(second.Text);
    }

    [Theory]
    [InlineData("displayName", 512, 201)]
    [InlineData("displayName", 513, 400)]
    [InlineData("externalId", 512, 201)]
    [InlineData("externalId", 513, 400)]
    public async Task A_displayName_and_an_externalId_have_512_characters_at_most(string attribute, int length, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var text = new string('a', length);

        var answer = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"],"displayName":"{{(attribute == "displayName" ? text : "Guides")}}","externalId":"{{(attribute == "externalId" ? text : "e1")}}"}""");

        answer.Status.Should().Be(status, answer.Text);
        answer.ScimType.Should().Be(status == 400 ? "invalidValue" : null);
        answer.Detail.Contains(attribute, StringComparison.Ordinal).Should().Be(status == 400);
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(status == 201 ? 1 : 0);
    }

    [Fact]
    public async Task Values_of_readOnly_attributes_and_unknown_attributes_are_passed_over()
    {
        var client = await host.CreateOrganizationAsync();
        var taken = await client.CreateGroupAsync("Taken");

        var answer = await client.PostAsync("/Groups", $$$"""
            {"schemas":["{{{Core}}}"],"id":"{{{taken.Id}}}","meta":{"resourceType":"User","version":"W/\"9\"","created":"2001-01-01T00:00:00Z"},
            "displayName":"Guides","description":"x","owners":[{"value":"1"}],"__proto__":{"displayName":"y"},"userName":"ana"}
            """);

        answer.Status.Should().Be(201, answer.Text);
        answer.Id.Should().NotBe(taken.Id);
        answer.Tag.Should().Be("W/\"1\"");
        answer.Body["meta"]!["resourceType"]!.GetValue<string>().Should().Be("Group");
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().NotStartWith("2001");
        (await client.GetAsync($"/Groups/{answer.Id}")).Without("id", "meta").Should().Be($$"""{"schemas":["{{Core}}"],"displayName":"Guides"}""");
        (await client.GetAsync($"/Groups/{taken.Id}")).Text.Should().Be(taken.Text);
    }

    [Fact]
    public async Task Names_are_read_in_any_case_and_returned_as_the_schema_spells_them()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");

        var answer = await client.PostAsync("/Groups", $$$"""{"SCHEMAS":["{{{Core.ToUpperInvariant()}}}"],"DISPLAYNAME":"Guides","EXTERNALID":"e1","Members":[{"Value":"{{{ana.Id}}}"}]}""");

        answer.Status.Should().Be(201, answer.Text);
        var read = await client.GetAsync($"/Groups/{answer.Id}");
        read.Text.Should().Be(answer.Text);
        JsonNode.Parse(read.Without("id", "meta", "members")).ShouldBeJson($$"""{"schemas":["{{Core}}"],"externalId":"e1","displayName":"Guides"}""");
        read.MemberIds().Should().Equal(ana.Id);
    }

    [Theory]
    [InlineData("\"displayName\":\"b\"")]
    [InlineData("\"DisplayName\":\"b\"")]
    [InlineData("\"members\":[],\"Members\":[]")]
    [InlineData("\"members\":[{\"value\":\"a\",\"VALUE\":\"b\"}]")]
    public async Task A_name_given_twice_in_whatever_case_is_an_invalidSyntax(string member)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"],"displayName":"Guides",{{member}}}""");

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("{\"displayName\":\"Guides\"}")]
    [InlineData("{\"schemas\":[],\"displayName\":\"Guides\"}")]
    [InlineData("{\"schemas\":null,\"displayName\":\"Guides\"}")]
    [InlineData("{\"schemas\":\"urn:ietf:params:scim:schemas:core:2.0:Group\",\"displayName\":\"Guides\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"displayName\":\"Guides\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"],\"displayName\":\"Guides\"}")]
    [InlineData("{\"schemas\":[7],\"displayName\":\"Guides\"}")]
    [InlineData("[]")]
    [InlineData("\"Guides\"")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("")]
    public async Task A_body_that_is_no_Group_is_an_invalidSyntax(string body)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Groups", body);

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_schema_that_groups_do_not_have_is_passed_over_and_refused_by_a_strict_organization()
    {
        var client = await host.CreateOrganizationAsync();
        var strict = await host.CreateStrictOrganizationAsync();
        const string Body = $$$"""
            {"schemas":["{{{Core}}}","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"externalId":"e1","displayName":"Guides","meta":{"resourceType":"Group"}}
            """;

        var lenient = await client.PostAsync("/Groups", Body);
        var refused = await strict.PostAsync("/Groups", Body);

        lenient.Status.Should().Be(201, lenient.Text);
        lenient.Body["schemas"].ShouldBeJson($"[\"{Core}\"]");
        (await client.GetAsync($"/Groups/{lenient.Id}")).Text.Should().Be(lenient.Text);
        refused.ShouldBeError(400, "invalidSyntax");
        (await strict.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("""{"value":"{ana}"}""")]
    [InlineData("\"{ana}\"")]
    [InlineData("""["{ana}"]""")]
    public async Task A_strict_organization_understands_members_as_a_list_of_objects_only(string members)
    {
        var strict = await host.CreateStrictOrganizationAsync();
        var ids = new NamedIds { ["ana"] = (await strict.CreateUserAsync("ana")).Id };

        var refused = await strict.PostAsync("/Groups", $$$"""{"schemas":["{{{Core}}}"],"displayName":"Guides","members":{{{ids.Fill(members)}}}}""");
        var taken = await strict.PostAsync("/Groups", ScimClient.Group("Guides", ids["ana"]));

        refused.ShouldBeError(400, "invalidValue");
        refused.Detail.Should().Contain("members");
        taken.MemberIds().Should().Equal(ids["ana"]);
        (await strict.GetAsync("/Groups")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task The_answer_is_projected_by_attributes_and_still_has_a_Location()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");

        var named = await client.PostAsync("/Groups?attributes=displayName", ScimClient.Group("Named", ana.Id));
        var values = await client.PostAsync("/Groups?attributes=members.value", ScimClient.Group("Values", ana.Id));
        var without = await client.PostAsync("/Groups?excludedAttributes=members,meta", ScimClient.Group("Without", ana.Id));

        named.Status.Should().Be(201);
        named.Text.Should().Be($$"""{"schemas":["{{Core}}"],"id":"{{named.Id}}","displayName":"Named"}""");
        named.Headers.Location!.ToString().Should().EndWith(named.Id);
        values.Text.Should().Be($$"""{"schemas":["{{Core}}"],"id":"{{values.Id}}","members":[{"value":"{{ana.Id}}"}]}""");
        without.Text.Should().Be($$"""{"schemas":["{{Core}}"],"id":"{{without.Id}}","displayName":"Without"}""");
        (await client.FilterGroupsAsync($"members eq \"{ana.Id}\"")).DisplayNames().Should().Equal("Named", "Values", "Without");
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_together_create_nothing()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Groups?attributes=displayName&excludedAttributes=members", ScimClient.Group("Guides"));

        answer.ShouldBeError(400, "invalidValue");
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_token_that_may_only_read_creates_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        var reader = await host.CreateTokenAsync(client.Organization, TokenScope.Read);

        var answer = await reader.PostAsync("/Groups", ScimClient.Group("Guides"));

        answer.ShouldBeError(403);
        (await reader.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task Of_many_groups_of_one_name_at_once_all_are_created()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostAsync("/Groups", ScimClient.Group("Guides", ana.Id))));

        answers.Should().OnlyContain(answer => answer.Status == 201);
        var all = await client.FilterGroupsAsync($"displayName eq \"Guides\" and members.value eq \"{ana.Id}\"");
        all.TotalResults.Should().Be(20);
        all.Resources.Select(group => group!["id"]!.GetValue<string>()).Should().BeEquivalentTo(answers.Select(answer => answer.Id));
    }
}
