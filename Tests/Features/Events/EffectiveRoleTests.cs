using System.Text.Json.Nodes;
using Dapper;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Events;

/// <summary>Roles that groups give are told when they change, to whom they change, and to nobody else.</summary>
public sealed class EffectiveRoleTests(ScimHost host) : IClassFixture<ScimHost>
{
    private static readonly string[] Roles = ["owner", "administrator", "moderator", "member", "guest"];

    [Fact]
    public async Task Who_comes_to_a_mapped_group_or_leaves_it_is_told_of_unless_it_has_the_role_anyway()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob, cleo) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob", "\"role\":\"administrator\""), await client.CreateUserAsync("cleo"));
        var inner = await client.CreateGroupAsync("Inner", cleo.Id);
        var outer = await client.CreateGroupAsync("Outer");
        await MapAsync(client, outer.Id, "moderator");
        var feed = await Feed.OfAsync(host, client);
        await feed.ReadAsync();

        await client.PatchAsync($"/Groups/{outer.Id}", Add(ana.Id, bob.Id, inner.Id));
        await client.PatchAsync($"/Groups/{inner.Id}", Add(ana.Id));
        await client.PatchAsync($"/Groups/{outer.Id}", $$"""{"op":"remove","path":"members[value eq \"{{ana.Id}}\"]"}""");
        await client.PutAsync($"/Groups/{outer.Id}", ScimClient.Group("Outer", cleo.Id));

        var told = (await feed.ReadAsync()).Where(IsRole).ToArray();
        Lines(told).Should().BeEquivalentTo($"{ana.Id} 1 member → moderator", $"{cleo.Id} 1 member → moderator", $"{ana.Id} 1 moderator → member");
        Lines(told)[2].Should().StartWith(ana.Id, "she was in it through the other group until that left");
        told.Should().OnlyContain(found => found["actor"]!["id"]!.GetValue<string>() == client.TokenId);
    }

    [Fact]
    public async Task A_mapping_that_begins_changes_or_ends_and_a_catalogue_in_another_order_are_told_for_all_below()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob", "\"role\":\"guest\""));
        await client.CreateUserAsync("cleo");
        var inner = await client.CreateGroupAsync("Inner", ana.Id);
        var outer = await client.CreateGroupAsync("Outer", inner.Id, bob.Id);
        var feed = await Feed.OfAsync(host, client);
        await feed.ReadAsync();

        await MapAsync(client, outer.Id, "member");
        await MapAsync(client, outer.Id, "Member");
        await MapAsync(client, outer.Id, "moderator");
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Roles: ["owner", "member", "moderator", "guest"]));
        await MapAsync(client, outer.Id, null);

        Lines((await feed.ReadAsync()).Where(IsRole)).Should().Equal(
            $"{bob.Id} 1 guest → member",
            $"{ana.Id} 1 member → moderator", $"{bob.Id} 1 member → moderator",
            $"{ana.Id} 1 moderator → member",
            $"{bob.Id} 1 moderator → guest");
    }

    [Fact]
    public async Task A_group_that_is_deleted_takes_its_roles_along_and_a_user_that_comes_back_has_them_again()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"));
        var inner = await client.CreateGroupAsync("Inner", ana.Id);
        var middle = await client.CreateGroupAsync("Middle", inner.Id, bob.Id);
        var outer = await client.CreateGroupAsync("Outer", middle.Id, bob.Id);
        await MapAsync(client, outer.Id, "administrator");
        var feed = await Feed.OfAsync(host, client);
        await feed.ReadAsync();

        await client.DeleteAsync($"/Users/{ana.Id}");
        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        await client.DeleteAsync($"/Groups/{middle.Id}");

        var told = await feed.ReadAsync();
        Lines(told.Where(IsRole)).Should().Equal($"{ana.Id} 2 member → administrator", $"{ana.Id} 2 administrator → member");
        Feed.Lines(told).Should().ContainInOrder($"user.restored {ana.Id} 2", $"user.role_changed {ana.Id} 2", $"group.deleted {middle.Id} 1", $"user.role_changed {ana.Id} 2");
    }

    [Fact]
    public async Task A_role_that_is_sent_is_told_with_what_it_changes_about_what_the_user_may_do()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        await MapAsync(client, crew.Id, "moderator");
        var feed = await Feed.OfAsync(host, client);
        await feed.ReadAsync();

        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"guest"}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"administrator"}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"title","value":"x"}""");

        var told = (await feed.ReadAsync()).Where(IsRole).ToArray();
        told.Should().HaveCount(2);
        told[0]["before"]!.ShouldBeJson("""{ "role": "member" }""");
        told[0]["after"]!.ShouldBeJson("""{ "role": "guest" }""");
        told[1]["before"]!.ShouldBeJson("""{ "role": "guest", "effectiveRole": "moderator" }""");
        told[1]["after"]!.ShouldBeJson("""{ "role": "administrator", "effectiveRole": "administrator" }""");
    }

    [Fact]
    public async Task A_mapping_of_a_large_group_tells_each_of_its_members_once()
    {
        const int Members = 12_000;
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"role\":\"owner\"");
        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        await using (var database = host.OpenDatabase())
        {
            var key = new { organizationId = (await host.GrantOfAsync(client)).OrganizationId, ana = ana.Id, crew = crew.Id };
            var numbers = TestDatabase.IsPostgres ? $"generate_series(1, {Members}) as i(value)" : $"(with recursive i (value) as (select 1 union all select value + 1 from i where value < {Members}) select value from i) i";
            await database.ExecuteAsync(
                $"""
                insert into users (organization_id, id, version, created_at, last_modified_at, user_name_key, active, role_key, document, search)
                select organization_id, 'u' || i.value, 1 + i.value % 2, created_at, last_modified_at, 'u' || i.value, active, 'member', document, search from users cross join {numbers} where id = @ana
                """,
                key);
            await database.ExecuteAsync($"insert into memberships (organization_id, group_id, member_id, member_type) select @organizationId, @crew, 'u' || i.value, 'User' from {numbers}", key);
        }

        var feed = await Feed.OfAsync(host, client);
        await feed.ReadAsync();

        await MapAsync(client, crew.Id, "administrator");

        var told = await feed.ReadAsync(limit: 1000);
        told.Select(found => found["resource"]!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal).SequenceEqual(Enumerable.Range(1, Members).Select(number => $"u{number}").Order(StringComparer.Ordinal)).Should().BeTrue();
        told.All(found => found["after"]!["effectiveRole"]!.GetValue<string>() == "administrator" && found["before"]!["effectiveRole"]!.GetValue<string>() == "member").Should().BeTrue();
        told.Count(found => found["resource"]!["version"]!.GetValue<long>() == 2).Should().Be(Members / 2);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    public async Task Who_follows_the_events_knows_what_each_user_may_do(int seed, int writers)
    {
        var client = await host.CreateOrganizationAsync();
        var (users, groups) = (new List<string>(), new List<string>());
        for (var number = 0; number < 8; number++)
        {
            users.Add((await client.CreateUserAsync($"user{number}", $"\"role\":\"{Roles[2 + (number % 3)]}\"")).Id);
            groups.Add((await client.CreateGroupAsync($"Group {number}")).Id);
        }

        var feed = await Feed.OfAsync(host, client);
        var picture = await Picture.TakeAsync(feed.Client, limit: 3);
        var follower = new Feed(feed.Client, picture.Position);

        for (var round = 0; round < 12; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => ChangeAsync(client, users, groups, new Random((seed * 10_000) + (round * 100) + writer), writers > 1 ? 2 : 5)));

            picture.Apply(await follower.ReadAsync());
            var whole = await Picture.TakeAsync(feed.Client, limit: 100);
            picture.Lines().Should().Equal(whole.Lines(), $"round {round} of seed {seed}");
            foreach (var (id, role) in whole.Roles)
            {
                (await host.SendAsync(new ShowUser.Query(client.Organization, id))).EffectiveRole.Should().Be(role);
            }
        }

        follower.Events.Count(found => IsRole(found) && found["after"]!["role"] is null).Should().BeGreaterThan(5, "groups gave and took roles");
    }

    [OnPostgresFact]
    public async Task The_first_mapping_waits_for_who_changes_memberships_and_sees_them()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, crew) = (await client.CreateUserAsync("ana"), await client.CreateGroupAsync("Crew"));
        var feed = await Feed.OfAsync(host, client);
        var organizationId = (await host.GrantOfAsync(client)).OrganizationId;
        await using var other = host.OpenDatabase();
        await using var transaction = await other.BeginTransactionAsync();
        await other.ExecuteAsync("insert into memberships (organization_id, group_id, member_id, member_type) values (@organizationId, @crew, @ana, 'User')", new { organizationId, crew = crew.Id, ana = ana.Id });
        await other.ExecuteAsync("select 1 from organizations where id = @organizationId for key share", new { organizationId });

        var mapping = MapAsync(client, crew.Id, "moderator");
        await Task.WhenAny(mapping, Task.Delay(500));
        mapping.IsCompleted.Should().BeFalse();
        await transaction.CommitAsync();
        await mapping;

        Lines((await feed.ReadAsync()).Where(IsRole)).Should().Equal($"{ana.Id} 1 member → moderator");
    }

    [OnPostgresFact]
    public async Task Who_changes_memberships_waits_for_the_first_mapping_and_sees_it()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, crew) = (await client.CreateUserAsync("ana"), await client.CreateGroupAsync("Crew"));
        var feed = await Feed.OfAsync(host, client);
        var organizationId = (await host.GrantOfAsync(client)).OrganizationId;
        await using var other = host.OpenDatabase();
        await using var transaction = await other.BeginTransactionAsync();
        await other.ExecuteAsync("select 1 from organizations where id = @organizationId for update", new { organizationId });
        await other.ExecuteAsync("insert into role_mappings (organization_id, group_id, role_key) values (@organizationId, @crew, 'moderator')", new { organizationId, crew = crew.Id });

        var adding = client.PatchAsync($"/Groups/{crew.Id}", Add(ana.Id));
        await Task.WhenAny(adding, Task.Delay(500));
        adding.IsCompleted.Should().BeFalse();
        await transaction.CommitAsync();

        (await adding).Status.Should().Be(204);
        Lines((await feed.ReadAsync()).Where(IsRole)).Should().Equal($"{ana.Id} 1 member → moderator");
    }

    /// <summary>Some changes, most of which may be refused where others are faster.</summary>
    private async Task ChangeAsync(ScimClient client, List<string> users, List<string> groups, Random random, int count)
    {
        for (var number = 0; number < count; number++)
        {
            var (user, group, other) = (users[random.Next(users.Count)], groups[random.Next(groups.Count)], groups[random.Next(groups.Count)]);
            switch (random.Next(12))
            {
                case 0 or 1:
                    await client.PatchAsync($"/Groups/{group}", Add(user, users[random.Next(users.Count)]));
                    break;
                case 2 or 3:
                    await client.PatchAsync($"/Groups/{group}", Add(other));
                    break;
                case 4:
                    await client.PatchAsync($"/Groups/{group}", """{"op":"remove","path":"members[type eq \"User\"]"}""");
                    break;
                case 5:
                    await client.PatchAsync($"/Groups/{group}", $$"""{"op":"remove","path":"members[value eq \"{{other}}\"]"},{{Add(user)}}""");
                    break;
                case 6:
                    await client.PutAsync($"/Groups/{group}", ScimClient.Group("Group", user, users[random.Next(users.Count)]));
                    break;
                case 7 or 8:
                    await TryAsync(() => MapAsync(client, group, random.Next(4) == 0 ? null : Roles[random.Next(1, Roles.Length)]));
                    break;
                case 9:
                    await client.PatchAsync($"/Users/{user}", $$"""{"op":"replace","path":"role","value":"{{Roles[random.Next(1, Roles.Length)]}}"}""");
                    break;
                case 10 when random.Next(2) == 0:
                    await client.DeleteAsync($"/Users/{user}");
                    await TryAsync(() => host.SendAsync(new RestoreUser.Command(client.Organization, user)));
                    break;
                case 10:
                    await client.DeleteAsync($"/Groups/{group}");
                    var made = (await client.CreateGroupAsync("Group")).Id;
                    await client.PatchAsync($"/Groups/{made}", Add(user));
                    await client.PatchAsync($"/Groups/{other}", Add(made));
                    lock (groups)
                    {
                        groups[random.Next(groups.Count)] = made;
                    }

                    break;
                default:
                    await TryAsync(() => host.SendAsync(new ChangeOrganization.Command(client.Organization, Roles: [.. Roles.Take(1), .. Roles.Skip(1).OrderBy(_ => random.Next())])));
                    break;
            }
        }
    }

    private static async Task TryAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (ScimException refused) when (refused.Status is 404 or 409 or 503)
        {
            // Another writer was faster.
        }
    }

    private static string Add(params string[] ids) => $$"""{"op":"add","path":"members","value":[{{string.Join(',', ids.Distinct().Select(id => $$"""{"value":"{{id}}"}"""))}}]}""";

    private Task<RoleMapping> MapAsync(ScimClient client, string group, string? role) => host.SendAsync(new AssignRole.Command(client.Organization, group, role));

    private static bool IsRole(JsonNode told) => told["type"]!.GetValue<string>() == "user.role_changed";

    private static string[] Lines(IEnumerable<JsonNode> events) => [.. events.Select(told => $"{told["resource"]!["id"]} {told["resource"]!["version"]} {told["before"]!["effectiveRole"]} → {told["after"]!["effectiveRole"]}")];
}
