using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class LastOwnerGuardTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Owner = "\"role\":\"owner\"";

    /// <summary>Ways in which an organization can lose an owner.</summary>
    public static TheoryData<string, string> Losses => new()
    {
        { "PATCH", """{"op":"replace","path":"active","value":false}""" },
        { "PATCH", """{"op":"replace","value":{"active":"False"}}""" },
        { "PATCH", """{"op":"replace","path":"role","value":"member"}""" },
        { "PATCH", """{"op":"remove","path":"role"}""" },
        { "PATCH", """{"op":"add","value":{"role":"administrator","title":"canary"}}""" },
        { "PUT", "\"active\":false" },
        { "PUT", "\"role\":\"guest\"" },
        { "DELETE", "" },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task An_organization_keeps_its_last_active_owner(string method, string content)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("bob");
        await client.CreateUserAsync("former", $"{Owner},\"active\":false");
        await (await host.CreateOrganizationAsync()).CreateUserAsync("elsewhere", Owner);
        var owner = await client.CreateUserAsync("ana", Owner);

        var answer = await SendAsync(client, method, owner, content);

        answer.ShouldBeError(409);
        answer.Detail.Should().Contain("last active owner");
        (await client.GetAsync($"/Users/{owner.Id}")).Text.Should().Be(owner.Text);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task An_owner_may_go_while_another_one_stays(string method, string content)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("bob", Owner);
        var owner = await client.CreateUserAsync("ana", "\"role\":\"OWNER\"");

        var answer = await SendAsync(client, method, owner, content);

        answer.Status.Should().BeOneOf(200, 204);
        (await client.FilterAsync("role eq \"owner\" and active eq true")).UserNames.Should().Equal("bob");
    }

    [Theory]
    [InlineData("PATCH", """{"op":"replace","path":"title","value":"Founder"}""")]
    [InlineData("PATCH", """{"op":"replace","path":"role","value":"Owner"}""")]
    [InlineData("PATCH", """{"op":"remove","path":"active"}""")]
    [InlineData("PATCH", """{"op":"replace","path":"role","value":"member"},{"op":"replace","path":"role","value":"owner"}""")]
    [InlineData("PUT", "\"title\":\"Founder\"")]
    public async Task The_last_owner_may_be_changed_in_all_that_leaves_it_owner(string method, string content)
    {
        var client = await host.CreateOrganizationAsync();
        var owner = await client.CreateUserAsync("ana", Owner);

        var answer = await SendAsync(client, method, owner, content);

        answer.Status.Should().Be(200, answer.Text);
        (await client.FilterAsync("role eq \"owner\" and active eq true")).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task An_organization_without_an_owner_is_not_affected()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"role\":\"administrator\"");
        var former = await client.CreateUserAsync("former", $"{Owner},\"active\":false");

        var deactivated = await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"active","value":false}""");
        var deleted = await client.DeleteAsync($"/Users/{former.Id}");

        deactivated.Status.Should().Be(200);
        deleted.Status.Should().Be(204);
        (await client.GetAsync($"/Users/{ana.Id}")).Body["active"]!.GetValue<bool>().Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_catalogue_without_owner_has_no_guard(string method, string content)
    {
        var client = await host.CreateOrganizationAsync();
        var owner = await client.CreateUserAsync("ana", Owner);
        await host.ChangeRulesAsync(client, roles: ["boss", "administrator", "member", "guest"], defaultRole: "member");
        var ruled = await host.CreateTokenAsync(client.Organization);

        var answer = await SendAsync(ruled, method, owner, content);

        answer.Status.Should().BeOneOf(200, 204);
        (await ruled.FilterAsync("role eq \"owner\" and active eq true")).TotalResults.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_catalogue_that_spells_owner_in_another_case_has_the_guard(string method, string content)
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, roles: ["Owner", "administrator", "member", "guest"], defaultRole: "member");
        var ruled = await host.CreateTokenAsync(client.Organization);
        var owner = await ruled.CreateUserAsync("ana", "\"role\":\"Owner\"");

        var answer = await SendAsync(ruled, method, owner, content);

        answer.ShouldBeError(409);
        (await ruled.GetAsync($"/Users/{owner.Id}")).Text.Should().Be(owner.Text);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Of_the_last_two_owners_that_go_at_once_one_stays(string method, string content)
    {
        for (var round = 0; round < 3; round++)
        {
            var client = await host.CreateOrganizationAsync();
            var ana = await client.CreateUserAsync("ana", Owner);
            var bob = await client.CreateUserAsync("bob", Owner);

            var answers = await Task.WhenAll(SendAsync(client, method, ana, content), SendAsync(client, method, bob, content));

            answers.Select(answer => answer.Status).Should().ContainSingle(status => status == 409);
            (await client.FilterAsync("role eq \"owner\" and active eq true")).TotalResults.Should().Be(1);
        }
    }

    private static Task<ScimAnswer> SendAsync(ScimClient client, string method, ScimAnswer user, string content) => method switch
    {
        "PATCH" => client.PatchAsync($"/Users/{user.Id}", content),
        "PUT" => client.PutAsync($"/Users/{user.Id}", ScimClient.User(user.Body["userName"]!.GetValue<string>(), content)),
        _ => client.DeleteAsync($"/Users/{user.Id}"),
    };
}
