using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class RestoreUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_restored_user_is_the_one_that_was_deleted_with_a_new_version()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("Ana", "\"externalId\":\"e1\",\"title\":\"Lead\",\"role\":\"guest\",\"active\":false,\"emails\":[{\"value\":\"a@x.com\"}]");
        await client.DeleteAsync($"/Users/{created.Id}");

        var restored = await host.SendAsync(new RestoreUser.Command(client.Organization.ToUpperInvariant(), created.Id));

        restored.Should().BeEquivalentTo(new { client.Organization, created.Id, UserName = "Ana", Version = 2 });
        var answer = await client.GetAsync($"/Users/{created.Id}");
        answer.Tag.Should().Be("W/\"2\"");
        answer.Body["active"]!.GetValue<bool>().Should().BeFalse();
        answer.Body["role"]!.GetValue<string>().Should().Be("guest");
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().Be(created.Body["meta"]!["created"]!.GetValue<string>());
        answer.Body["meta"]!["lastModified"]!.GetValue<string>().Should().Be(restored.LastModified);
        string.CompareOrdinal(restored.LastModified, created.Body["meta"]!["lastModified"]!.GetValue<string>()).Should().BePositive();
        answer.Rest.ShouldBeJson(created.Rest.ToJsonString());
        (await client.FilterAsync("userName eq \"ana\" and externalId eq \"e1\" and emails.value eq \"a@x.com\"")).TotalResults.Should().Be(1);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
        (await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"title","value":"Head"}""", ("If-Match", "W/\"2\""))).Status.Should().Be(200);
        (await host.SendAsync(new ListDeletedUsers.Query(client.Organization, null))).Should().BeEmpty();
    }

    [Fact]
    public async Task A_user_can_be_deleted_and_restored_again_and_again()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        for (var version = 2; version < 5; version++)
        {
            (await client.DeleteAsync($"/Users/{created.Id}")).Status.Should().Be(204);
            (await host.SendAsync(new RestoreUser.Command(client.Organization, created.Id))).Version.Should().Be(version);
        }

        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_userName_that_was_taken_meanwhile_keeps_the_user_deleted_until_it_is_free()
    {
        var client = await host.CreateOrganizationAsync();
        var first = await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{first.Id}");
        var second = await client.CreateUserAsync("ANA");

        var restoring = () => host.SendAsync(new RestoreUser.Command(client.Organization, first.Id));

        var refusal = (await restoring.Should().ThrowAsync<ScimException>()).Which;
        refusal.ScimType.Should().Be("uniqueness");
        refusal.Message.Should().Contain("taken").And.NotContain("\n");
        (await client.GetAsync($"/Users/{first.Id}")).ShouldBeError(404);
        (await client.GetAsync($"/Users/{second.Id}")).Text.Should().Be(second.Text);
        await client.PatchAsync($"/Users/{second.Id}", """{"op":"replace","path":"userName","value":"ana2"}""");
        (await restoring()).Id.Should().Be(first.Id);
        (await client.GetAsync("/Users")).UserNames.Should().BeEquivalentTo("ana", "ana2");
    }

    [Fact]
    public async Task A_user_whose_retention_time_is_over_cannot_be_restored()
    {
        await using var started = await StartedHost.StartAsync("--ScimSlice:Retention:DeletedUsers", "40d");
        var client = await started.Value.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{created.Id}");
        started.Value.Clock.Advance(TimeSpan.FromDays(41));

        var restoring = () => started.Value.SendAsync(new RestoreUser.Command(client.Organization, created.Id));

        var refusal = (await restoring.Should().ThrowAsync<ScimException>()).Which;
        refusal.Status.Should().Be(404);
        refusal.Message.Should().Contain("retention time");
        (await started.Value.SendAsync(new ListDeletedUsers.Query(client.Organization, null))).Should().BeEmpty();
    }

    [Fact]
    public async Task Live_unknown_and_foreign_ids_are_no_deleted_users()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var live = await client.CreateUserAsync("ana");
        var foreign = await other.CreateUserAsync("bob");
        await other.DeleteAsync($"/Users/{foreign.Id}");

        foreach (var (organization, id) in new[] { (client.Organization, live.Id), (client.Organization, foreign.Id), (client.Organization, ""), ("unknown", foreign.Id) })
        {
            var restoring = () => host.SendAsync(new RestoreUser.Command(organization, id));

            (await restoring.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        }

        (await other.GetAsync("/Users")).TotalResults.Should().Be(0);
        (await client.GetAsync("/Users")).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task Of_those_that_restore_one_user_at_once_one_does()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        await client.DeleteAsync($"/Users/{created.Id}");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RestoreAsync(client, created.Id)));

        outcomes.Order().Should().Equal([200, .. Enumerable.Repeat(404, 7)]);
        (await client.GetAsync($"/Users/{created.Id}")).Tag.Should().Be("W/\"2\"");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task Of_two_deleted_users_of_one_name_that_are_restored_at_once_one_comes_back()
    {
        for (var round = 0; round < 3; round++)
        {
            var client = await host.CreateOrganizationAsync();
            var first = await client.CreateUserAsync("ana");
            await client.DeleteAsync($"/Users/{first.Id}");
            var second = await client.CreateUserAsync("ana");
            await client.DeleteAsync($"/Users/{second.Id}");

            var outcomes = await Task.WhenAll(RestoreAsync(client, first.Id), RestoreAsync(client, second.Id));

            outcomes.Order().Should().Equal(200, 409);
            (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
            (await host.SendAsync(new ListDeletedUsers.Query(client.Organization, "ANA"))).Should().ContainSingle();
        }
    }

    private async Task<int> RestoreAsync(ScimClient client, string id)
    {
        try
        {
            await host.SendAsync(new RestoreUser.Command(client.Organization, id));
            return 200;
        }
        catch (ScimException refused)
        {
            return refused.Status;
        }
    }
}
