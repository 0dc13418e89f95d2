using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>Where SQL's unknown, blank values and columns could part a filter's SQL from its meaning.</summary>
public sealed class ListUsersFilterTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Theory]
    [InlineData("not (name[givenName eq \"x\"])", 2)]
    [InlineData("not (name.givenName eq \"x\")", 2)]
    [InlineData("name[givenName eq \"Ana\"]", 1)]
    [InlineData("not (emails[type eq \"work\"])", 1)]
    [InlineData("meta pr", 2)]
    [InlineData("meta.location pr", 2)]
    [InlineData("not (meta pr)", 0)]
    [InlineData("emails.display ne \"x\"", 2)]
    [InlineData("emails.type ne \"work\"", 1)]
    [InlineData("displayName eq null", 2)]
    [InlineData("name.givenName ne null", 1)]
    public async Task A_filter_selects_what_it_means(string filter, int expected)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", "\"name\":{\"givenName\":\"Ana\"},\"emails\":[{\"value\":\"a@x\",\"type\":\"work\"}]");
        await client.CreateUserAsync("bo", "\"name\":{\"formatted\":\"Bo\"}");

        var answer = await client.FilterAsync(filter);

        answer.Status.Should().Be(200);
        answer.TotalResults.Should().Be(expected);
    }

    [Theory]
    [InlineData("name pr")]
    [InlineData("emails pr")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr")]
    public async Task A_value_of_nothing_but_empty_text_is_not_present(string filter)
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, strict: true);
        client = await host.CreateTokenAsync(client.Organization);
        await client.CreateUserAsync(
            "ana",
            "\"name\":{\"givenName\":\"\"},\"emails\":[{\"value\":\"\"}],\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"\"}");

        (await client.FilterAsync(filter)).TotalResults.Should().Be(0);
        (await client.FilterAsync($"not ({filter})")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_location_is_compared_as_it_is_told()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        await client.CreateUserAsync("bo");

        var found = await client.FilterAsync($"meta.location eq \"{ana.Body["meta"]!["location"]!.GetValue<string>()}\"");
        var all = await client.FilterAsync($"meta.location sw \"{client.BaseUrl}/Users/\" and not (meta.location co \"/USERS/\")");

        found.UserNames.Should().Equal("ana");
        all.UserNames.Should().Equal("ana", "bo");
    }

    [Fact]
    public async Task A_noncharacter_is_text_like_any_other()
    {
        var client = await host.CreateOrganizationAsync();

        (await client.PostAsync("/Users", ScimClient.User("a\uFFFE@x.com", "\"displayName\":\"q\uFFFE\""))).Status.Should().Be(201);
        (await client.FilterAsync("displayName eq \"q\uFFFE\"")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_selection_leaves_out_what_it_leaves_empty()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana", "\"name\":{\"formatted\":\"Ana\"},\"emails\":[{\"value\":\"a@x\"}]");

        var answer = await client.GetAsync($"/Users/{user.Id}?attributes=name.givenName,emails.display");

        answer.Body.AsObject().Select(member => member.Key).Should().BeEquivalentTo("schemas", "id");
    }
}
