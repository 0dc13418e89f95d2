using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Audit;
using ScimSlice.Features.Organizations;
using ScimSlice.Infrastructure.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Audit;

/// <summary>What a change of a group, of a mapping or of the catalogue does to users stands below it, and is found by the user.</summary>
public sealed class LoggedRolesTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task Roles_that_a_group_gives_stand_below_its_change_and_are_found_by_the_user()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob, cleo) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"), await client.CreateUserAsync("cleo", "\"role\":\"guest\""));
        var crew = await client.CreateGroupAsync("Crew");
        await MapAsync(client, crew.Id, "moderator");

        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"},{"value":"{{bob.Id}}"},{"value":"{{cleo.Id}}"}]}""");
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"}""");
        await MapAsync(client, crew.Id, "administrator");
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Roles: ["owner", "moderator", "member", "administrator", "guest"]));
        await client.DeleteAsync($"/Groups/{crew.Id}");

        var lines = await host.SendAsync(new ReadLog.Query(client.Organization));
        Changes(lines, "PatchGroup", first: true).Should().BeEquivalentTo("group.member_added 3", "user.role_changed guest → moderator " + cleo.Id, "user.role_changed member → moderator 2");
        Changes(lines, "PatchGroup", first: false).Should().BeEquivalentTo("group.member_removed " + bob.Id, "user.role_changed moderator → member " + bob.Id);
        Changes(lines, "AssignRole", first: false).Should().Equal("user.role_changed moderator → administrator 2");
        Changes(lines, "ChangeOrganization", first: false).Should().Equal("user.role_changed administrator → member " + ana.Id);
        Changes(lines, "DeleteGroup", first: false).Should().BeEquivalentTo("group.deleted ", "user.role_changed administrator → guest " + cleo.Id);

        (await OfAsync(client, "ana")).Should().Equal("CreateUser", "PatchGroup", "AssignRole", "ChangeOrganization");
        (await OfAsync(client, "bob")).Should().Equal("CreateUser", "PatchGroup", "PatchGroup");
        (await OfAsync(client, "cleo")).Should().Equal("CreateUser", "PatchGroup", "AssignRole", "DeleteGroup");
        var events = await host.CreateTokenAsync(client.Organization, TokenScope.Events);
        var ofBob = (await events.GetApiAsync($"/requests?resource={bob.Id}")).Body["requests"]!.AsArray();
        ofBob.Select(request => request!["operation"]!.GetValue<string>()).Should().Equal("CreateUser", "PatchGroup", "PatchGroup");
        ofBob[2]!["changes"]!.AsArray().Single(change => change!["users"] is not null).ShouldBeJson($$"""
            {"type":"user.role_changed","users":1,"user":"{{bob.Id}}","attributes":["effectiveRole"],"before":{"effectiveRole":"moderator"},"after":{"effectiveRole":"member"} }
            """);
        LogVerbs.Line(lines.First(logged => logged.Record.Operation == "PatchGroup")).Should().Contain("    user.role_changed  effectiveRole: \"member\" → \"moderator\"  2 users");
    }

    [Fact]
    public async Task Operations_of_one_Bulk_request_on_one_group_tell_each_of_its_own()
    {
        var client = await host.CreateOrganizationAsync();
        var (ana, bob) = (await client.CreateUserAsync("ana"), await client.CreateUserAsync("bob"));
        var crew = await client.CreateGroupAsync("Crew", bob.Id);
        await MapAsync(client, crew.Id, "moderator");

        var bulk = await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {"method":"PATCH","path":"/Groups/{{crew.Id}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}]} },
                {"method":"PATCH","path":"/Groups/{{crew.Id}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"{{bob.Id}}\"]"}]} },
                {"method":"DELETE","path":"/Groups/{{crew.Id}}"}]}
            """);

        bulk.Status.Should().Be(200, bulk.Text);
        var lines = await host.SendAsync(new ReadLog.Query(client.Organization));
        Changes(lines, "PatchGroup", first: true).Should().BeEquivalentTo("group.member_added " + ana.Id, "user.role_changed member → moderator " + ana.Id);
        Changes(lines, "PatchGroup", first: false).Should().BeEquivalentTo("group.member_removed " + bob.Id, "user.role_changed moderator → member " + bob.Id);
        Changes(lines, "DeleteGroup", first: true).Should().BeEquivalentTo("group.deleted ", "user.role_changed moderator → member " + ana.Id);
        (await OfAsync(client, "bob")).Should().Equal("CreateUser", "CreateGroup", "AssignRole", "PatchGroup");
    }

    [Fact]
    public async Task A_role_stands_below_the_operation_that_gave_it_and_no_other_of_the_same_Bulk_request()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var crew = await client.CreateGroupAsync("Crew");
        await MapAsync(client, crew.Id, "moderator");

        await client.PostAsync("/Bulk", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {"method":"PATCH","path":"/Users/{{ana.Id}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Lead"}]} },
                {"method":"PATCH","path":"/Groups/{{crew.Id}}","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}]} }]}
            """);

        var lines = await host.SendAsync(new ReadLog.Query(client.Organization));
        Changes(lines, "PatchUser", first: true).Should().Equal("user.updated ");
        Changes(lines, "PatchGroup", first: true).Should().BeEquivalentTo("group.member_added " + ana.Id, "user.role_changed member → moderator " + ana.Id);
    }

    [Fact]
    public async Task The_effective_role_is_hidden_where_the_role_is_sensitive()
    {
        var client = await host.CreateOrganizationAsync();
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Sensitive: ["role"]));
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        var ana = await client.CreateUserAsync("ana");
        var crew = await client.CreateGroupAsync("Crew");
        await MapAsync(client, crew.Id, "moderator");
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""");

        Changes(await host.SendAsync(new ReadLog.Query(client.Organization)), "PatchGroup", first: true).Should().Contain("user.role_changed … → … " + ana.Id);
    }

    [Fact]
    public async Task An_event_of_a_role_tells_what_brought_it_about()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var crew = await client.CreateGroupAsync("Crew", ana.Id);
        await MapAsync(client, crew.Id, "moderator");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"administrator"}""");
        await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"role","value":"guest"}""");
        await client.PatchAsync($"/Groups/{crew.Id}", $$"""{"op":"remove","path":"members[value eq \"{{ana.Id}}\"]"}""");
        var events = await host.CreateTokenAsync(client.Organization, TokenScope.Events);

        var roles = (await events.GetApiAsync("/events?after=0")).Body["events"]!.AsArray().Where(found => found!["type"]!.GetValue<string>() == "user.role_changed").ToArray();

        roles.Select(found => found!["cause"]?["type"]?.GetValue<string>()).Should().Equal("RoleMapping", null, null, "Group");
        roles[3]!["cause"].ShouldBeJson($$"""{"type":"Group","id":"{{crew.Id}}"}""");
    }

    private static IEnumerable<string> Changes(IReadOnlyList<LoggedRequest> lines, string operation, bool first)
    {
        var of = lines.Where(logged => logged.Record.Operation == operation).ToArray();
        return (first ? of[0] : of[^1]).Changes.Select(change => change.Users > 0
            ? $"{change.Type} {change.Before!["effectiveRole"]} → {change.After!["effectiveRole"]} {change.User ?? $"{change.Users}"}"
            : $"{change.Type} {change.Member ?? (change.Members > 0 ? $"{change.Members}" : "")}");
    }

    private async Task<IEnumerable<string?>> OfAsync(ScimClient client, string user) => (await host.SendAsync(new ReadLog.Query(client.Organization, User: user))).Select(logged => logged.Record.Operation);

    private Task<RoleMapping> MapAsync(ScimClient client, string group, string? role) => host.SendAsync(new AssignRole.Command(client.Organization, group, role));
}
