using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Organizations;

public sealed class AssignRoleTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task The_effective_role_is_the_highest_of_what_was_sent_and_what_the_groups_give_and_SCIM_shows_what_was_sent()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"role\":\"guest\"");
        var inner = await client.CreateGroupAsync("Inner", ana.Id);
        var outer = await client.CreateGroupAsync("Outer", inner.Id);

        var sent = await RoleAsync(client, "ana");
        await MapAsync(client, "inner", "Moderator");
        var direct = await RoleAsync(client, "ana");
        await MapAsync(client, outer.Id, "administrator");
        var nested = await RoleAsync(client, ana.Id);
        await MapAsync(client, "Outer", null);
        var ended = await RoleAsync(client, "ana");
        await client.PatchAsync($"/Groups/{inner.Id}", """{"op":"remove","path":"members"}""");
        var left = await RoleAsync(client, "ana");

        sent.Should().Be("guest");
        direct.Should().Be("moderator");
        nested.Should().Be("administrator");
        ended.Should().Be("moderator");
        left.Should().Be("guest");
        (await client.GetAsync($"/Users/{ana.Id}?excludedAttributes=groups")).Text.Should().Be(ana.Text);
    }

    [Fact]
    public async Task A_higher_sent_role_stays_and_the_order_is_that_of_the_catalogue()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"role\":\"moderator\"");
        await client.CreateGroupAsync("Guests", ana.Id);
        await MapAsync(client, "Guests", "guest");

        var higher = await RoleAsync(client, "ana");
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Roles: ["owner", "guest", "moderator", "member"]));
        var reordered = await RoleAsync(client, "ana");
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Roles: ["owner", "member"]));
        var struckOff = await RoleAsync(client, "ana");

        higher.Should().Be("moderator");
        reordered.Should().Be("guest");
        struckOff.Should().Be("moderator", "what was sent is kept where the catalogue knows neither");
        (await host.SendAsync(new ListRoleMappings.Query(client.Organization))).Should().ContainSingle().Which.Role.Should().BeNull();
    }

    [Fact]
    public async Task Mappings_are_listed_with_the_highest_role_first_and_go_with_their_group()
    {
        var client = await host.CreateOrganizationAsync();
        var (a, b) = (await client.CreateGroupAsync("A"), await client.CreateGroupAsync("B"));
        await MapAsync(client, "A", "guest");
        await MapAsync(client, "B", "moderator");
        await MapAsync(client, "A", "member");

        var both = await host.SendAsync(new ListRoleMappings.Query(client.Organization));
        await client.DeleteAsync($"/Groups/{b.Id}");
        var one = await host.SendAsync(new ListRoleMappings.Query(client.Organization));

        both.Should().Equal(new RoleMapping(b.Id, "B", "moderator"), new RoleMapping(a.Id, "A", "member"));
        one.Should().Equal(new RoleMapping(a.Id, "A", "member"));
    }

    [Fact]
    public async Task A_role_and_a_group_that_the_organization_has_not_are_refused_and_a_name_of_several_groups_asks_for_an_id()
    {
        var client = await host.CreateOrganizationAsync();
        var stranger = await host.CreateOrganizationAsync();
        var foreign = await stranger.CreateGroupAsync("Foreign");
        var twin = await client.CreateGroupAsync("Twins");
        await client.CreateGroupAsync("twins");

        var role = async () => await MapAsync(client, twin.Id, "king");
        var group = async () => await MapAsync(client, foreign.Id, "member");
        var several = async () => await MapAsync(client, "TWINS", "member");

        (await role.Should().ThrowAsync<ScimException>()).Which.Detail.Should().Contain("'king'").And.Contain("owner");
        (await group.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        (await several.Should().ThrowAsync<ScimException>()).Which.Detail.Should().Contain(twin.Id);
    }

    [Fact]
    public async Task The_last_owner_may_be_one_through_a_group()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob) = (await client.CreateUserAsync("ana", "\"role\":\"owner\""), await client.CreateUserAsync("bob"));
        var admins = await client.CreateGroupAsync("Admins", bob.Id);
        await MapAsync(client, "Admins", "owner");

        // Bob is owner through the group, so Ana may go; then he is the last.
        (await client.DeleteAsync($"/Users/{ana.Id}")).Status.Should().Be(204);
        (await client.PatchAsync($"/Users/{bob.Id}", """{"op":"replace","path":"active","value":false}""")).ShouldBeError(409);
        (await client.DeleteAsync($"/Users/{bob.Id}")).ShouldBeError(409);
        (await client.PatchAsync($"/Groups/{admins.Id}", """{"op":"remove","path":"members"}""")).ShouldBeError(409);
        (await client.PatchAsync($"/Groups/{admins.Id}", $$"""{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"}""")).ShouldBeError(409);
        (await client.PatchAsync($"/Groups/{admins.Id}", """{"op":"remove","path":"members[type eq \"User\"]"}""")).ShouldBeError(409);
        (await client.PutAsync($"/Groups/{admins.Id}", ScimClient.Group("Admins"))).ShouldBeError(409);
        (await client.DeleteAsync($"/Groups/{admins.Id}")).ShouldBeError(409);
        var unmapped = async () => await MapAsync(client, "Admins", null);
        var demoted = async () => await MapAsync(client, "Admins", "member");
        var purged = async () => await host.SendAsync(new PurgeUser.Command(client.Organization, bob.Id));

        (await unmapped.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(409);
        (await demoted.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(409);
        (await purged.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(409);
        (await client.GetAsync($"/Groups/{admins.Id}")).Text.Should().Be(admins.Text);
        (await client.GetAsync($"/Users/{bob.Id}?excludedAttributes=groups")).Text.Should().Be(bob.Text);
    }

    [Fact]
    public async Task The_guard_looks_through_nested_groups_and_lets_go_where_an_owner_remains()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"));
        var inner = await client.CreateGroupAsync("Inner", ana.Id, bob.Id);
        var outer = await client.CreateGroupAsync("Outer", inner.Id);
        await MapAsync(client, "Outer", "owner");

        (await client.PatchAsync($"/Groups/{inner.Id}", $$"""{"op":"remove","path":"members[value eq \"{{ana.Id}}\"]"}""")).Status.Should().Be(204);
        (await client.PatchAsync($"/Groups/{inner.Id}", $$"""{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"}""")).ShouldBeError(409);
        (await client.DeleteAsync($"/Groups/{inner.Id}")).ShouldBeError(409);
        (await client.PatchAsync($"/Groups/{outer.Id}", """{"op":"replace","path":"members","value":[]}""")).ShouldBeError(409);
        (await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"owner"}""")).Status.Should().Be(200);
        (await client.DeleteAsync($"/Groups/{outer.Id}")).Status.Should().Be(204);
        (await client.DeleteAsync($"/Users/{ana.Id}")).ShouldBeError(409);
    }

    [Fact]
    public async Task An_owner_who_stays_one_through_a_group_may_be_sent_another_role()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"role\":\"owner\"");
        await client.CreateGroupAsync("Admins", ana.Id);

        var before = await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"member"}""");
        await MapAsync(client, "Admins", "owner");
        var after = await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"member"}""");

        before.ShouldBeError(409);
        after.Status.Should().Be(200);
        (await RoleAsync(client, "ana")).Should().Be("owner");
    }

    [Fact]
    public async Task An_owner_by_role_and_by_group_does_not_lose_both_at_once()
    {
        for (var round = 0; round < 30; round++)
        {
            var client = await host.CreateOrganizationAsync();
            var ana = await client.CreateUserAsync("ana", "\"role\":\"owner\"");
            var admins = await client.CreateGroupAsync("Admins", ana.Id);
            await MapAsync(client, "Admins", "owner");

            var answers = await Task.WhenAll(
                client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"member"}"""),
                client.PatchAsync($"/Groups/{admins.Id}", """{"op":"remove","path":"members"}"""));

            answers.Count(answer => answer.Status == 409).Should().Be(1);
            (await RoleAsync(client, "ana")).Should().Be("owner");
        }
    }

    [Fact]
    public async Task Of_two_owners_through_a_group_who_leave_at_once_one_stays()
    {
        for (var round = 0; round < 10; round++)
        {
            var client = await host.CreateOrganizationAsync();
            var (ana, bob) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"));
            var admins = await client.CreateGroupAsync("Admins", ana.Id, bob.Id);
            await MapAsync(client, "Admins", "owner");

            var answers = await Task.WhenAll(
                client.DeleteAsync($"/Users/{ana.Id}"),
                client.PatchAsync($"/Groups/{admins.Id}", $$"""{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"}"""));

            answers.Select(answer => answer.Status).Should().BeEquivalentTo([204, 409]);
        }
    }

    private Task<RoleMapping> MapAsync(ScimClient client, string group, string? role) => host.SendAsync(new AssignRole.Command(client.Organization, group, role));

    private async Task<string?> RoleAsync(ScimClient client, string user) => (await host.SendAsync(new ShowUser.Query(client.Organization, user))).EffectiveRole;
}
