using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Groups;

public sealed class ReplaceGroupTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:Group";

    [Fact]
    public async Task A_replaced_group_has_what_was_sent_and_a_new_version()
    {
        var client = await host.CreateOrganizationAsync();
        var users = await client.CreateUsersAsync(3);
        var nested = await client.CreateGroupAsync("Nested");
        var before = await client.CreateGroupAsync("Guides", users[0], users[1]);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await client.PutAsync($"/Groups/{before.Id}", ScimClient.Group("Tour Guides", nested.Id, users[2], users[1]));

        answer.Status.Should().Be(200, answer.Text);
        answer.Id.Should().Be(before.Id);
        answer.Body["displayName"]!.GetValue<string>().Should().Be("Tour Guides");
        answer.MemberIds().Should().Equal(users[1], users[2], nested.Id);
        answer.Member(nested.Id).ShouldBeJson($$"""{"value":"{{nested.Id}}","$ref":"{{client.BaseUrl}}/Groups/{{nested.Id}}","display":"Nested","type":"Group"}""");
        answer.Tag.Should().Be("W/\"2\"").And.Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        answer.Headers.Location!.ToString().Should().Be(before.Headers.Location!.ToString());
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().Be(before.Body["meta"]!["created"]!.GetValue<string>());
        string.CompareOrdinal(answer.LastModified(), before.LastModified()).Should().BePositive();
        (await client.GetAsync($"/Groups/{before.Id}")).Text.Should().Be(answer.Text);
        (await client.GetAsync($"/Users/{users[0]}")).Body.GroupIds().Should().BeEmpty();
        (await client.GetAsync($"/Users/{users[2]}")).Body.GroupIds().Should().Equal(before.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"members\":null")]
    [InlineData(",\"members\":[]")]
    [InlineData(",\"externalId\":null,\"members\":[null]")]
    public async Task What_is_left_out_is_cleared(string members)
    {
        var client = await host.CreateOrganizationAsync();
        var users = await client.CreateUsersAsync(2);
        var before = await client.PostAsync("/Groups", ScimClient.Group("Guides", users).Replace("\"displayName\"", "\"externalId\":\"e1\",\"displayName\"", StringComparison.Ordinal));

        var answer = await client.PutAsync($"/Groups/{before.Id}", $$"""{"schemas":["{{Core}}"],"displayName":"Guides"{{members}}}""");

        answer.Status.Should().Be(200, answer.Text);
        answer.Without("id", "meta").Should().Be($$"""{"schemas":["{{Core}}"],"displayName":"Guides"}""");
        answer.Tag.Should().Be("W/\"2\"");
        (await client.GetAsync($"/Groups/{before.Id}")).Text.Should().Be(answer.Text);
        (await client.FilterGroupsAsync("externalId eq \"e1\" or members pr")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task Members_alone_are_a_change_and_so_is_the_displayName_alone()
    {
        var client = await host.CreateOrganizationAsync();
        var users = await client.CreateUsersAsync(2);
        var before = await client.CreateGroupAsync("Guides", users[0]);

        var members = await client.PutAsync($"/Groups/{before.Id}", ScimClient.Group("Guides", users[1]));
        var name = await client.PutAsync($"/Groups/{before.Id}", ScimClient.Group("guides", users[1]));

        members.Tag.Should().Be("W/\"2\"");
        members.MemberIds().Should().Equal(users[1]);
        name.Tag.Should().Be("W/\"3\"");
        name.Body["displayName"]!.GetValue<string>().Should().Be("guides");
        (await client.GetAsync($"/Groups/{before.Id}")).Text.Should().Be(name.Text);
    }

    [Fact]
    public async Task Sending_back_what_was_read_changes_neither_version_nor_lastModified()
    {
        var client = await host.CreateOrganizationAsync();
        var nested = await client.CreateGroupAsync("Nested");
        var created = await client.CreateGroupAsync("Guides", [.. await client.CreateUsersAsync(5), nested.Id]);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var same = await client.PutAsync($"/Groups/{created.Id}", created.Text);
        var turned = await client.PutAsync($"/Groups/{created.Id}", ScimClient.Group("Guides", [.. created.MemberIds().Reverse(), nested.Id.ToUpperInvariant()]));

        same.Status.Should().Be(200, same.Text);
        same.Text.Should().Be(created.Text);
        same.Tag.Should().Be(created.Tag);
        turned.Text.Should().Be(created.Text);
        (await client.GetAsync($"/Groups/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task ReadOnly_values_in_the_body_are_passed_over()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await client.CreateGroupAsync("Other");
        var before = await client.CreateGroupAsync("Guides");

        var answer = await client.PutAsync($"/Groups/{before.Id}", $$$"""
            {"schemas":["{{{Core}}}"],"id":"{{{other.Id}}}","meta":{"created":"2001-01-01T00:00:00Z","version":"W/\"9\""},"displayName":"Guides","unknown":1}
            """);

        answer.Status.Should().Be(200);
        answer.Text.Should().Be(before.Text);
        (await client.GetAsync($"/Groups/{before.Id}")).Text.Should().Be(before.Text);
        (await client.GetAsync($"/Groups/{other.Id}")).Text.Should().Be(other.Text);
    }

    [Fact]
    public async Task LastModified_grows_even_if_the_clock_does_not()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides");
        host.Clock.Advance(TimeSpan.FromHours(-1));

        var answer = await client.PutAsync($"/Groups/{created.Id}", ScimClient.Group("Guides", ana.Id));
        host.Clock.Advance(TimeSpan.FromHours(1));

        answer.Tag.Should().Be("W/\"2\"");
        string.CompareOrdinal(answer.LastModified(), created.LastModified()).Should().BePositive();
        (await client.GetAsync($"/Groups/{created.Id}")).Text.Should().Be(answer.Text);
    }

    [Theory]
    [InlineData("""{"schemas":["Core"],"members":[]}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":""}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":" "}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":null}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":"x","members":[{"value":"nobody"}]}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":"x","members":[{"value":"{bob}","type":"Group"}]}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":"x","members":[{"value":"{bob}"},{"display":"y"}]}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":"x","members":[{"value":"{guides}"}]}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":"x","members":[{"value":"{bob}"},{"value":"{above}"}]}""", "invalidValue")]
    [InlineData("""{"schemas":["Core"],"displayName":"x","members":7}""", "invalidValue")]
    [InlineData("""{"displayName":"x"}""", "invalidSyntax")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"displayName":"x"}""", "invalidSyntax")]
    [InlineData("[]", "invalidSyntax")]
    [InlineData("", "invalidSyntax")]
    public async Task A_body_that_does_not_suit_the_schema_changes_nothing(string body, string scimType)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", (await client.CreateUserAsync("ana")).Id);
        var ids = new NamedIds
        {
            ["bob"] = (await client.CreateUserAsync("bob")).Id,
            ["guides"] = created.Id,
            ["above"] = (await client.CreateGroupAsync("Above", (await client.CreateGroupAsync("Between", created.Id)).Id)).Id,
        };

        var answer = await client.PutAsync($"/Groups/{created.Id}", ids.Fill(body).Replace("\"Core\"", $"\"{Core}\"", StringComparison.Ordinal));

        answer.ShouldBeError(400, scimType);
        (await client.GetAsync($"/Groups/{created.Id}")).Text.Should().Be(created.Text);
        (await client.GetAsync($"/Users/{ids["bob"]}")).Body.GroupIds().Should().BeEmpty();
    }

    [Fact]
    public async Task Members_of_another_organization_are_refused_as_unknown_ones()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides");
        string[] strangers = ["0199c2a7-0000-7000-8000-000000000000", (await other.CreateUserAsync("ana")).Id, (await other.CreateGroupAsync("Foreign")).Id];

        var answers = await Task.WhenAll(strangers.Select(id => client.PutAsync($"/Groups/{created.Id}", ScimClient.Group("Guides", id))));

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(400, "invalidValue"));
        answers.Zip(strangers).Select(sent => sent.First.Text.Replace(sent.Second, "ID", StringComparison.Ordinal)).Distinct().Should().ContainSingle().Which.Should().Contain("ID");
        (await client.GetAsync($"/Groups/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task A_group_that_does_not_exist_is_404_and_not_created()
    {
        var client = await host.CreateOrganizationAsync();
        var foreign = await (await host.CreateOrganizationAsync()).CreateGroupAsync("Guides");

        var unknown = await client.PutAsync("/Groups/0199c2a7-0000-7000-8000-000000000000", ScimClient.Group("Guides"));
        var other = await client.PutAsync($"/Groups/{foreign.Id}", ScimClient.Group("Guides"), ("If-Match", "*"));

        unknown.ShouldBeError(404);
        other.ShouldBeError(404);
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("W/\"1\"", 200)]
    [InlineData("\"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData("\"7\", W/\"1\"", 200)]
    [InlineData("W/\"2\"", 412)]
    [InlineData("\"\"", 412)]
    [InlineData("nonsense", 412)]
    public async Task IfMatch_lets_only_a_version_that_it_names_be_replaced(string ifMatch, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides");

        var answer = await client.PutAsync($"/Groups/{created.Id}", ScimClient.Group("Guides", ana.Id), ("If-Match", ifMatch));

        answer.Status.Should().Be(status, answer.Text);
        (await client.GetAsync($"/Groups/{created.Id}")).Tag.Should().Be(status == 200 ? "W/\"2\"" : "W/\"1\"");
    }

    [Fact]
    public async Task IfNoneMatch_keeps_an_existing_group_from_being_replaced()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", (await client.CreateUserAsync("ana")).Id);

        var answer = await client.PutAsync($"/Groups/{created.Id}", ScimClient.Group("Guides"), ("If-None-Match", "*"));

        answer.ShouldBeError(412);
        (await client.GetAsync($"/Groups/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task Of_replacements_of_one_version_at_once_one_is_made()
    {
        var client = await host.CreateOrganizationAsync();
        var users = await client.CreateUsersAsync(10);
        var created = await client.CreateGroupAsync("Guides");

        var answers = await Task.WhenAll(users.Select(id => client.PutAsync($"/Groups/{created.Id}", ScimClient.Group("Guides", id), ("If-Match", created.Tag!))));

        answers.Select(answer => answer.Status).Order().Should().Equal([200, .. Enumerable.Repeat(412, 9)]);
        (await client.GetAsync($"/Groups/{created.Id}")).Text.Should().Be(answers.Single(answer => answer.Status == 200).Text);
    }

    [Fact]
    public async Task The_answer_is_projected_by_attributes()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides");

        var named = await client.PutAsync($"/Groups/{created.Id}?attributes=displayName", ScimClient.Group("Guides", ana.Id));
        var values = await client.PutAsync($"/Groups/{created.Id}?attributes=members.value", ScimClient.Group("Guides", ana.Id));
        var without = await client.PutAsync($"/Groups/{created.Id}?excludedAttributes=members,meta", ScimClient.Group("Guides", ana.Id));

        named.Text.Should().Be($$"""{"schemas":["{{Core}}"],"id":"{{created.Id}}","displayName":"Guides"}""");
        named.Tag.Should().Be("W/\"2\"");
        values.Text.Should().Be($$"""{"schemas":["{{Core}}"],"id":"{{created.Id}}","members":[{"value":"{{ana.Id}}"}]}""");
        without.Text.Should().Be(named.Text);
        (await client.GetAsync($"/Groups/{created.Id}")).MemberIds().Should().Equal(ana.Id);
    }
}
