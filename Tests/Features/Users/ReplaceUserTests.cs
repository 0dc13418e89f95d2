using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class ReplaceUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact]
    public async Task A_replaced_user_has_what_was_sent_and_a_new_version()
    {
        var client = await host.CreateOrganizationAsync();
        var before = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await client.PutAsync($"/Users/{before.Id}", ScimClient.User("ana.ruiz", "\"displayName\":\"Ana\",\"role\":\"guest\",\"active\":false"));

        answer.Status.Should().Be(200);
        answer.Id.Should().Be(before.Id);
        answer.Body["userName"]!.GetValue<string>().Should().Be("ana.ruiz");
        answer.Body["role"]!.GetValue<string>().Should().Be("guest");
        answer.Body["active"]!.GetValue<bool>().Should().BeFalse();
        answer.Rest.ShouldBeJson("{\"displayName\":\"Ana\"}");
        answer.Tag.Should().Be("W/\"2\"").And.Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        answer.Headers.Location!.ToString().Should().Be(before.Headers.Location!.ToString());
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().Be(before.Body["meta"]!["created"]!.GetValue<string>());
        string.CompareOrdinal(answer.Body["meta"]!["lastModified"]!.GetValue<string>(), before.Body["meta"]!["lastModified"]!.GetValue<string>()).Should().BePositive();
        (await client.GetAsync($"/Users/{before.Id}")).Text.Should().Be(answer.Text);
    }

    [Fact]
    public async Task What_is_left_out_is_cleared_but_for_active_and_role()
    {
        var client = await host.CreateOrganizationAsync();
        var before = await client.CreateUserAsync("ana", $$"""
            "nickName":"An","externalId":"e1","active":false,"role":"moderator","emails":[{"value":"a@x.com"}],"{{Enterprise}}":{"department":"Labs"}
            """);

        var answer = await client.PutAsync($"/Users/{before.Id}", ScimClient.User("ana"));

        answer.Status.Should().Be(200);
        answer.Body["schemas"].ShouldBeJson("[\"urn:ietf:params:scim:schemas:core:2.0:User\"]");
        var read = await client.GetAsync($"/Users/{before.Id}");
        read.Rest.ShouldBeJson("{}");
        read.Body["active"]!.GetValue<bool>().Should().BeFalse();
        read.Body["role"]!.GetValue<string>().Should().Be("moderator");
        (await client.FilterAsync("externalId eq \"e1\" or department pr")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("\"active\":null,\"role\":null")]
    [InlineData("\"active\":\"\",\"role\":\"\"")]
    public async Task Clearing_active_and_role_keeps_them_too(string members)
    {
        var client = await host.CreateOrganizationAsync();
        var before = await client.CreateUserAsync("ana", "\"active\":false,\"role\":\"owner\"");

        var answer = await client.PutAsync($"/Users/{before.Id}", ScimClient.User("ana", members));

        answer.Status.Should().Be(200);
        answer.Body["active"]!.GetValue<bool>().Should().BeFalse();
        answer.Body["role"]!.GetValue<string>().Should().Be("owner");
        answer.Tag.Should().Be(before.Tag);
    }

    [Fact]
    public async Task ReadOnly_values_in_the_body_are_passed_over()
    {
        var client = await host.CreateOrganizationAsync();
        var bob = await client.CreateUserAsync("bob");
        var before = await client.CreateUserAsync("ana");

        var answer = await client.PutAsync($"/Users/{before.Id}", ScimClient.User("ana", $$"""
            "id":"{{bob.Id}}","groups":[{"value":"g1"}],"meta":{"created":"2001-01-01T00:00:00Z","version":"W/\"9\""},"password":"canary"
            """));

        answer.Status.Should().Be(200);
        answer.Id.Should().Be(before.Id);
        (await client.GetAsync($"/Users/{before.Id}")).Text.Should().Be(before.Text);
        (await client.GetAsync($"/Users/{bob.Id}")).Text.Should().Be(bob.Text);
    }

    [Fact]
    public async Task Sending_back_what_was_read_changes_neither_version_nor_lastModified()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", $$"""
            "title":"Lead","emails":[{"value":"a@x.com","primary":true},{"value":"b@x.com"}],"{{Enterprise}}":{"department":"Labs"}
            """);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await client.PutAsync($"/Users/{created.Id}", created.Text);

        answer.Status.Should().Be(200);
        answer.Text.Should().Be(created.Text);
        answer.Tag.Should().Be(created.Tag);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task LastModified_grows_even_if_the_clock_does_not()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        host.Clock.Advance(TimeSpan.FromHours(-1));

        var answer = await client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", "\"title\":\"Lead\""));
        host.Clock.Advance(TimeSpan.FromHours(1));

        string.CompareOrdinal(answer.Body["meta"]!["lastModified"]!.GetValue<string>(), created.Body["meta"]!["lastModified"]!.GetValue<string>()).Should().BePositive();
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(answer.Text);
    }

    [Theory]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"title\":\"Lead\"}", "invalidValue")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"\"}", "invalidValue")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\" \"}", "invalidValue")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"ana\",\"role\":\"king\"}", "invalidValue")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"ana\",\"active\":\"yes\"}", "invalidValue")]
    [InlineData("{\"userName\":\"ana\"}", "invalidSyntax")]
    [InlineData("[]", "invalidSyntax")]
    [InlineData("", "invalidSyntax")]
    public async Task A_body_that_does_not_suit_the_schema_changes_nothing(string body, string scimType)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");

        var answer = await client.PutAsync($"/Users/{created.Id}", body);

        answer.ShouldBeError(400, scimType);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task A_user_that_does_not_exist_is_404_and_not_created()
    {
        var client = await host.CreateOrganizationAsync();
        var foreign = await (await host.CreateOrganizationAsync()).CreateUserAsync("ana");

        var unknown = await client.PutAsync("/Users/0199c2a7-0000-7000-8000-000000000000", ScimClient.User("ana"));
        var other = await client.PutAsync($"/Users/{foreign.Id}", ScimClient.User("ana"), ("If-Match", "*"));

        unknown.ShouldBeError(404);
        other.ShouldBeError(404);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_userName_of_another_user_is_taken()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("bob");
        var ana = await client.CreateUserAsync("ana");

        var answer = await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("BOB"));

        answer.ShouldBeError(409, "uniqueness");
        (await client.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(ana.Text);
    }

    [Fact]
    public async Task A_user_may_change_the_case_of_its_own_userName()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");

        var answer = await client.PutAsync($"/Users/{ana.Id}", ScimClient.User("ANA"));

        answer.Status.Should().Be(200);
        (await client.GetAsync($"/Users/{ana.Id}")).Body["userName"]!.GetValue<string>().Should().Be("ANA");
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
        var created = await client.CreateUserAsync("ana");

        var answer = await client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", "\"title\":\"Lead\""), ("If-Match", ifMatch));

        answer.Status.Should().Be(status, answer.Text);
        (await client.GetAsync($"/Users/{created.Id}")).Tag.Should().Be(status == 200 ? "W/\"2\"" : "W/\"1\"");
    }

    [Fact]
    public async Task IfNoneMatch_keeps_an_existing_user_from_being_replaced()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", "\"title\":\"Lead\""), ("If-None-Match", "*"));

        answer.ShouldBeError(412);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task Of_two_replacements_of_one_version_at_once_one_is_made()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(index =>
            client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", $"\"title\":\"{index}\""), ("If-Match", created.Tag!))));

        answers.Select(answer => answer.Status).Order().Should().Equal([200, .. Enumerable.Repeat(412, 9)]);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(answers.Single(answer => answer.Status == 200).Text);
    }

    [Fact]
    public async Task A_later_e_mail_domain_rule_checks_a_changed_userName_only()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana@old.com");
        await host.ChangeRulesAsync(client, emailDomains: ["new.com"]);
        var ruled = await host.CreateTokenAsync(client.Organization);

        var deactivated = await ruled.PutAsync($"/Users/{created.Id}", ScimClient.User("ana@old.com", "\"active\":false"));
        var refused = await ruled.PutAsync($"/Users/{created.Id}", ScimClient.User("bob@old.com"));
        var moved = await ruled.PutAsync($"/Users/{created.Id}", ScimClient.User("ana@new.com"));

        deactivated.Status.Should().Be(200);
        refused.ShouldBeError(400, "invalidValue");
        refused.Detail.Should().Contain("new.com");
        moved.Status.Should().Be(200);
        var read = await ruled.GetAsync($"/Users/{created.Id}");
        read.Body["userName"]!.GetValue<string>().Should().Be("ana@new.com");
        read.Body["active"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task A_later_role_catalogue_blocks_no_change_of_anything_else()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"role\":\"moderator\"");
        await host.ChangeRulesAsync(client, roles: ["boss", "staff"], defaultRole: "staff");
        var ruled = await host.CreateTokenAsync(client.Organization);

        var answer = await ruled.PutAsync($"/Users/{created.Id}", ScimClient.User("ana", "\"active\":false"));

        answer.Status.Should().Be(200);
        answer.Body["role"]!.GetValue<string>().Should().Be("moderator");
        (await ruled.GetAsync($"/Users/{created.Id}")).Text.Should().Be(answer.Text);
    }

    [Fact]
    public async Task The_answer_is_projected_by_attributes()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.PutAsync($"/Users/{created.Id}?attributes=title", ScimClient.User("ana", "\"title\":\"Lead\""));

        answer.Body.ShouldBeJson($$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"{{created.Id}}","title":"Lead"}""");
        answer.Tag.Should().Be("W/\"2\"");
    }
}
