using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class DeactivateUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_deleted_user_is_answered_204_without_a_body()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.DeleteAsync($"/Users/{created.Id}");

        answer.Status.Should().Be(204);
        answer.Text.Should().BeEmpty();
        answer.ContentHeaders.ContentType.Should().BeNull();
        (await client.GetAsync($"/Users/{created.Id}")).ShouldBeError(404);
    }

    [Fact]
    public async Task Whatever_is_asked_of_a_deleted_user_is_404()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{created.Id}");

        var answers = new[]
        {
            await client.GetAsync($"/Users/{created.Id}"),
            await client.GetAsync($"/Users/{created.Id}", ("If-None-Match", created.Tag!)),
            await client.PutAsync($"/Users/{created.Id}", ScimClient.User("ana")),
            await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"active","value":true}"""),
            await client.DeleteAsync($"/Users/{created.Id}"),
            await client.DeleteAsync($"/Users/{created.Id}", ("If-Match", "*")),
        };

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(404));
    }

    [Fact]
    public async Task A_deleted_user_is_in_no_list_and_no_search()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("bob");
        var created = await client.CreateUserAsync("ana", "\"externalId\":\"e1\"");

        await client.DeleteAsync($"/Users/{created.Id}");

        (await client.GetAsync("/Users")).UserNames.Should().Equal("bob");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
        (await client.FilterAsync("userName eq \"ana\" or externalId eq \"e1\" or active eq false")).TotalResults.Should().Be(0);
        (await client.FilterAsync($"id eq \"{created.Id}\"")).TotalResults.Should().Be(0);
        (await client.PostAsync("/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}""")).UserNames.Should().Equal("bob");
    }

    [Fact]
    public async Task The_userName_is_free_at_once_and_its_next_user_has_another_id()
    {
        var client = await host.CreateOrganizationAsync();
        var first = await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{first.Id}");

        var second = await client.PostAsync("/Users", ScimClient.User("ANA"));
        await client.DeleteAsync($"/Users/{second.Id}");
        var third = await client.PostAsync("/Users", ScimClient.User("ana"));

        second.Status.Should().Be(201);
        third.Status.Should().Be(201);
        new[] { first.Id, second.Id, third.Id }.Should().OnlyHaveUniqueItems();
        (await client.GetAsync($"/Users/{first.Id}")).ShouldBeError(404);
    }

    [Fact]
    public async Task The_row_stays_as_a_tombstone()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");

        await client.DeleteAsync($"/Users/{created.Id}");

        using var database = host.OpenDatabase();
        var (version, document, deletedAt) = database.QuerySingle<(long, byte[], string)>("select version, document, deleted_at from deleted_users where id = @Id", new { created.Id });
        version.Should().Be(1);
        System.Text.Encoding.UTF8.GetString(document).Should().Contain("\"title\":\"Lead\"");
        deletedAt.Should().NotBeNullOrEmpty();
        database.ExecuteScalar<long>("select count(*) from users where id = @Id", new { created.Id }).Should().Be(0);
    }

    [Theory]
    [InlineData("W/\"2\"", 412)]
    [InlineData("W/\"1\"", 204)]
    [InlineData("*", 204)]
    public async Task IfMatch_lets_only_the_version_that_it_names_be_deleted(string ifMatch, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.DeleteAsync($"/Users/{created.Id}", ("If-Match", ifMatch));

        answer.Status.Should().Be(status);
        (await client.GetAsync($"/Users/{created.Id}")).Status.Should().Be(status == 204 ? 404 : 200);
    }

    [Fact]
    public async Task A_user_of_another_organization_is_404_and_stays()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var foreign = await other.CreateUserAsync("ana");

        var answer = await client.DeleteAsync($"/Users/{foreign.Id}");

        answer.ShouldBeError(404);
        (await other.GetAsync($"/Users/{foreign.Id}")).Text.Should().Be(foreign.Text);
    }

    [Fact]
    public async Task Of_ten_deletions_at_once_one_is_made()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.DeleteAsync($"/Users/{created.Id}")));

        answers.Select(answer => answer.Status).Order().Should().Equal([204, .. Enumerable.Repeat(404, 9)]);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task A_later_rule_blocks_no_deletion()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana@old.com", "\"role\":\"guest\"");
        await host.ChangeRulesAsync(client, emailDomains: ["new.com"], roles: ["staff"], defaultRole: "staff");
        var ruled = await host.CreateTokenAsync(client.Organization);

        var answer = await ruled.DeleteAsync($"/Users/{created.Id}");

        answer.Status.Should().Be(204);
        (await ruled.GetAsync($"/Users/{created.Id}")).ShouldBeError(404);
    }
}
