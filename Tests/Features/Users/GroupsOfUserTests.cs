using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>The attribute <c>groups</c> of users. RFC 7643 §4.1.2.</summary>
public sealed class GroupsOfUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    /// <summary>
    /// ana is in Guides and Staff; Guides are in Staff and in Crew, Crew is in All. bob is in Crew, cy in none. So ana is in Crew and All
    /// by Guides, and bob in All by Crew.
    /// </summary>
    private async Task<(ScimClient Client, NamedIds Ids)> PopulatedAsync()
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new NamedIds { ["base"] = client.BaseUrl };
        foreach (var name in (string[])["ana", "bob", "cy"])
        {
            ids[name] = (await client.CreateUserAsync(name)).Id;
        }

        ids["guides"] = (await client.CreateGroupAsync("Guides", ids["ana"])).Id;
        ids["GUIDES"] = ids["guides"].ToUpperInvariant();
        ids["staff"] = (await client.CreateGroupAsync("Staff", ids["ana"], ids["guides"])).Id;
        ids["crew"] = (await client.CreateGroupAsync("Crew", ids["guides"], ids["bob"])).Id;
        ids["all"] = (await client.CreateGroupAsync("All", ids["crew"])).Id;
        return (client, ids);
    }

    private static string GroupsOfAna(NamedIds ids) => ids.Fill("""
        [{"value":"{guides}","$ref":"{base}/Groups/{guides}","display":"Guides","type":"direct"},
        {"value":"{staff}","$ref":"{base}/Groups/{staff}","display":"Staff","type":"direct"},
        {"value":"{crew}","$ref":"{base}/Groups/{crew}","display":"Crew","type":"indirect"},
        {"value":"{all}","$ref":"{base}/Groups/{all}","display":"All","type":"indirect"}]
        """);

    [Fact]
    public async Task A_user_shows_the_groups_that_it_is_in_itself_and_those_that_they_are_in()
    {
        var (client, ids) = await PopulatedAsync();

        var ana = await client.GetAsync($"/Users/{ids["ana"]}");
        var bob = await client.GetAsync($"/Users/{ids["bob"]}");
        var cy = await client.GetAsync($"/Users/{ids["cy"]}");

        ana.Body["groups"].ShouldBeJson(GroupsOfAna(ids));
        bob.Body["groups"].ShouldBeJson(ids.Fill("""
            [{"value":"{crew}","$ref":"{base}/Groups/{crew}","display":"Crew","type":"direct"},{"value":"{all}","$ref":"{base}/Groups/{all}","display":"All","type":"indirect"}]
            """));
        cy.Body.AsObject().ContainsKey("groups").Should().BeFalse();
        ana.ContentHeaders.ContentLength.Should().Be(ana.Text.Length);
    }

    [Fact]
    public async Task Every_answer_shows_the_same_groups()
    {
        var (client, ids) = await PopulatedAsync();
        var got = await client.GetAsync($"/Users/{ids["ana"]}");

        var listed = await client.GetAsync("/Users");
        var paged = await client.GetAsync("/Users?cursor&count=1");
        var filtered = await client.FilterAsync("userName eq \"ana\"");
        var searched = await client.PostAsync("/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"ana\""}""");
        var put = await client.PutAsync($"/Users/{ids["ana"]}", ScimClient.User("ana"));
        var patchedNothing = await client.PatchAsync($"/Users/{ids["ana"]}", "");
        var patched = await client.PatchAsync($"/Users/{ids["ana"]}", """{"op":"add","path":"title","value":"Lead"}""");
        var replaced = await client.PutAsync($"/Users/{ids["ana"]}", ScimClient.User("ana", "\"title\":\"Head\""));

        listed.Resources[0].ShouldBeJson(got.Text);
        listed.Resources[1]!.AsObject()["groups"]!.AsArray().Should().HaveCount(2);
        listed.Resources[2]!.AsObject().ContainsKey("groups").Should().BeFalse();
        paged.Resources.Single().ShouldBeJson(got.Text);
        filtered.Resources.Single().ShouldBeJson(got.Text);
        searched.Resources.Single().ShouldBeJson(got.Text);
        put.Text.Should().Be(got.Text);
        patchedNothing.Text.Should().Be(got.Text);
        patched.Body["groups"].ShouldBeJson(GroupsOfAna(ids));
        patched.Body["title"]!.GetValue<string>().Should().Be("Lead");
        replaced.Body["groups"].ShouldBeJson(GroupsOfAna(ids));
        replaced.Text.Should().Be((await client.GetAsync($"/Users/{ids["ana"]}")).Text);
    }

    [Fact]
    public async Task A_user_s_version_and_lastModified_do_not_change_with_its_groups()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var guides = await client.CreateGroupAsync("Guides");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        await client.PatchAsync($"/Groups/{guides.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""");
        var member = await client.GetAsync($"/Users/{ana.Id}");
        await client.PatchAsync($"/Groups/{guides.Id}", """{"op":"replace","path":"displayName","value":"Tour Guides"}""");
        var renamed = await client.GetAsync($"/Users/{ana.Id}");
        await client.PatchAsync($"/Groups/{guides.Id}", """{"op":"remove","path":"members"}""");

        member.Body.GroupIds().Should().Equal(guides.Id);
        member.Without("groups").Should().Be(ana.Text);
        member.Tag.Should().Be("W/\"1\"");
        renamed.Body["groups"]![0]!["display"]!.GetValue<string>().Should().Be("Tour Guides");
        renamed.Without("groups").Should().Be(ana.Text);
        (await client.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(ana.Text);
    }

    [Theory]
    [InlineData("attributes=groups", """{"groups":[{"value":"{guides}","$ref":"{base}/Groups/{guides}","display":"Guides","type":"direct"},{"value":"{all}","$ref":"{base}/Groups/{all}","display":"All","type":"indirect"}]}""")]
    [InlineData("attributes=groups.value", """{"groups":[{"value":"{guides}"},{"value":"{all}"}]}""")]
    [InlineData("attributes=Groups.Display,groups.type", """{"groups":[{"display":"Guides","type":"direct"},{"display":"All","type":"indirect"}]}""")]
    [InlineData("attributes=groups.$ref,userName", """{"userName":"ana","groups":[{"$ref":"{base}/Groups/{guides}"},{"$ref":"{base}/Groups/{all}"}]}""")]
    [InlineData("attributes=userName", """{"userName":"ana"}""")]
    [InlineData("attributes=groups.nothing", "{}")]
    [InlineData("excludedAttributes=groups,meta,active,role", """{"userName":"ana"}""")]
    [InlineData("excludedAttributes=meta,active,role,groups.$ref,groups.type", """{"userName":"ana","groups":[{"value":"{guides}","display":"Guides"},{"value":"{all}","display":"All"}]}""")]
    [InlineData("excludedAttributes=meta,active,role,groups.$ref,groups.type,groups.value,groups.display", """{"userName":"ana"}""")]
    public async Task Groups_are_selected_as_any_attribute_by_GET_in_lists_and_by_writes(string query, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new NamedIds { ["base"] = client.BaseUrl, ["ana"] = (await client.CreateUserAsync("ana")).Id };
        ids["guides"] = (await client.CreateGroupAsync("Guides", ids["ana"])).Id;
        ids["all"] = (await client.CreateGroupAsync("All", ids["guides"])).Id;

        var got = await client.GetAsync($"/Users/{ids["ana"]}?{query}");
        var listed = await client.GetAsync($"/Users?{query}");
        var put = await client.PutAsync($"/Users/{ids["ana"]}?{query}", ScimClient.User("ana"));
        var patched = await client.PatchAsync($"/Users/{ids["ana"]}?{query}", """{"op":"replace","path":"active","value":true}""");

        JsonNode.Parse(got.Without("schemas", "id")).ShouldBeJson(ids.Fill(expected));
        listed.Resources.Single().ShouldBeJson(got.Text);
        put.Text.Should().Be(got.Text);
        patched.Text.Should().Be(got.Text);
    }

    [Theory]
    [InlineData("groups.value eq \"{guides}\"", "ana")]
    [InlineData("groups.value eq \"{GUIDES}\"", "ana")]
    [InlineData("groups.value eq \"{crew}\"", "ana bob")]
    [InlineData("groups.value eq \"{all}\"", "ana bob")]
    [InlineData("groups.value eq \"{ana}\"", "")]
    [InlineData("groups.value eq \"nothing\"", "")]
    [InlineData("groups eq \"{staff}\"", "ana")]
    [InlineData("not (groups eq \"{staff}\")", "bob cy")]
    [InlineData("groups.value ne \"{crew}\"", "ana bob cy")]
    [InlineData("groups eq \"{crew}\" and userName eq \"bob\"", "bob")]
    [InlineData("groups.type eq \"direct\"", "ana bob")]
    [InlineData("groups.type eq \"Indirect\"", "ana bob")]
    [InlineData("groups[type eq \"direct\" and value eq \"{crew}\"]", "bob")]
    [InlineData("groups[type eq \"indirect\" and value eq \"{crew}\"]", "ana")]
    [InlineData("groups[type eq \"indirect\" and value eq \"{staff}\"]", "")]
    [InlineData("groups[type eq \"indirect\" and display eq \"crew\"]", "ana")]
    [InlineData("groups[not (type eq \"direct\")]", "ana bob")]
    [InlineData("groups.display eq \"CREW\"", "ana bob")]
    [InlineData("groups.display co \"ui\"", "ana")]
    [InlineData("groups.display sw \"a\"", "ana bob")]
    [InlineData("groups.$ref eq \"{base}/Groups/{staff}\"", "ana")]
    [InlineData("groups.$ref ew \"/Groups/{all}\"", "ana bob")]
    [InlineData("groups pr", "ana bob")]
    [InlineData("not (groups pr)", "cy")]
    [InlineData("groups eq null", "cy")]
    [InlineData("groups.display pr", "ana bob")]
    public async Task A_filter_over_groups_sees_those_that_are_shown(string filter, string expected)
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.FilterAsync(ids.Fill(filter));
        var search = await client.PostAsync(
            "/Users/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{JsonValue.Create(ids.Fill(filter)).ToJsonString()}}}""");
        var counted = await client.GetAsync($"/Users?count=0&filter={Uri.EscapeDataString(ids.Fill(filter))}");

        answer.Status.Should().Be(200, answer.Text);
        answer.UserNames.Should().Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        search.Text.Should().Be(answer.Text);
        counted.TotalResults.Should().Be(answer.Resources.Count).And.Be(answer.TotalResults);
    }

    [Theory]
    [InlineData("groups.display", "bob ana cy")]
    [InlineData("groups.value", "ana bob cy")]
    [InlineData("groups", "ana bob cy")]
    [InlineData("groups.$ref", "ana bob cy")]
    public async Task Users_are_in_the_order_of_their_first_group(string sortBy, string expected)
    {
        var (client, _) = await PopulatedAsync();

        (await client.GetAsync($"/Users?sortBy={sortBy}")).UserNames.Should().Equal(expected.Split(' '));
        (await client.GetAsync($"/Users?sortBy={sortBy}&sortOrder=descending")).UserNames.Should().Equal(expected.Split(' ').Reverse());
        (await client.GetAsync($"/Users?sortBy={sortBy}&startIndex=2&count=1")).UserNames.Should().Equal(expected.Split(' ')[1]);
    }

    [Fact]
    public async Task A_path_less_PATCH_may_repeat_the_groups_that_a_user_is_in_and_no_others()
    {
        var (client, ids) = await PopulatedAsync();
        var before = await client.GetAsync($"/Users/{ids["ana"]}");
        var cy = await client.GetAsync($"/Users/{ids["cy"]}");

        var whole = await client.PatchAsync($"/Users/{ids["ana"]}", $$$"""{"op":"replace","value":{"groups":{{{before.Body["groups"]!.ToJsonString()}}},"title":"Lead"}}""");
        var values = await client.PatchAsync(
            $"/Users/{ids["ana"]}?attributes=userName,title", ids.Fill("""{"op":"replace","value":{"groups":[{"value":"{guides}"},{"value":"{staff}"},{"value":"{crew}"},{"value":"{all}"}],"title":"Head"}}"""));
        var none = await client.PatchAsync($"/Users/{ids["cy"]}", """{"op":"replace","value":{"groups":[],"active":true}}""");
        string[] refused =
        [
            """{"op":"replace","value":{"groups":[],"title":"canary"}}""",
            ids.Fill("""{"op":"replace","value":{"groups":[{"value":"{guides}"}],"title":"canary"}}"""),
            ids.Fill("""{"op":"replace","value":{"title":"canary","groups":[{"value":"{guides}"},{"value":"{staff}"},{"value":"{crew}"},{"value":"{cy}"}]}}"""),
            ids.Fill("""{"op":"add","path":"groups","value":[{"value":"{guides}"}]}"""),
            """{"op":"remove","path":"groups"}""",
            ids.Fill("""{"op":"remove","path":"groups[value eq \"{guides}\"]"}"""),
        ];

        whole.Status.Should().Be(200, whole.Text);
        whole.Body["title"]!.GetValue<string>().Should().Be("Lead");
        whole.Body["groups"].ShouldBeJson(GroupsOfAna(ids));
        values.Status.Should().Be(200, values.Text);
        values.Body["title"]!.GetValue<string>().Should().Be("Head");
        none.Text.Should().Be(cy.Text);
        foreach (var operation in refused)
        {
            (await client.PatchAsync($"/Users/{ids["ana"]}", operation)).ShouldBeError(400, "mutability");
        }

        (await client.PatchAsync($"/Users/{ids["cy"]}", ids.Fill("""{"op":"replace","value":{"groups":[{"value":"{guides}"}]}}"""))).ShouldBeError(400, "mutability");
        var after = await client.GetAsync($"/Users/{ids["ana"]}");
        after.Body["title"]!.GetValue<string>().Should().Be("Head");
        after.Body["groups"].ShouldBeJson(GroupsOfAna(ids));
        (await client.GetAsync($"/Groups/{ids["guides"]}")).Tag.Should().Be("W/\"1\"");
    }

    [Fact]
    public async Task Groups_in_the_body_of_a_PUT_or_POST_are_passed_over()
    {
        var (client, ids) = await PopulatedAsync();
        var before = await client.GetAsync($"/Users/{ids["ana"]}");
        var body = ids.Fill("\"groups\":[{\"value\":\"{all}\",\"type\":\"direct\"}]");

        var put = await client.PutAsync($"/Users/{ids["ana"]}", ScimClient.User("ana", body));
        var emptied = await client.PutAsync($"/Users/{ids["ana"]}", ScimClient.User("ana", "\"groups\":[]"));
        var echoed = await client.PutAsync($"/Users/{ids["ana"]}", before.Text);
        var created = await client.CreateUserAsync("new", body);

        ((ScimAnswer[])[put, emptied, echoed]).Should().OnlyContain(answer => answer.Status == 200 && answer.Text == before.Text);
        created.Body.GroupIds().Should().BeEmpty();
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
        (await client.GetAsync($"/Groups/{ids["all"]}")).MemberIds().Should().Equal(ids["crew"]);
    }

    [Fact]
    public async Task A_deactivated_user_stays_in_its_groups()
    {
        var (client, ids) = await PopulatedAsync();

        var off = await client.PatchAsync($"/Users/{ids["ana"]}", """{"op":"replace","path":"active","value":false}""");
        var guides = await client.GetAsync($"/Groups/{ids["guides"]}");
        var on = await client.PatchAsync($"/Users/{ids["ana"]}", """{"op":"replace","path":"active","value":true}""");

        off.Body["groups"].ShouldBeJson(GroupsOfAna(ids));
        guides.MemberIds().Should().Equal(ids["ana"]);
        guides.Tag.Should().Be("W/\"1\"");
        on.Body["groups"].ShouldBeJson(GroupsOfAna(ids));
    }

    [Fact]
    public async Task A_deleted_user_leaves_its_groups_which_are_new_versions()
    {
        var (client, ids) = await PopulatedAsync();
        var before = await client.GetAsync($"/Groups/{ids["guides"]}");
        var crew = await client.GetAsync($"/Groups/{ids["crew"]}");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        await client.DeleteAsync($"/Users/{ids["ana"]}");

        var guides = await client.GetAsync($"/Groups/{ids["guides"]}");
        guides.Without("meta").Should().Be(before.Without("meta", "members"));
        guides.Tag.Should().Be("W/\"2\"").And.Be(guides.Body["meta"]!["version"]!.GetValue<string>());
        string.CompareOrdinal(guides.LastModified(), before.LastModified()).Should().BePositive();
        var staff = await client.GetAsync($"/Groups/{ids["staff"]}");
        staff.MemberIds().Should().Equal(ids["guides"]);
        staff.Tag.Should().Be("W/\"2\"");
        (await client.GetAsync($"/Groups/{ids["crew"]}")).Text.Should().Be(crew.Text);
        (await client.FilterGroupsAsync($"members eq \"{ids["ana"]}\" or members.display eq \"ana\"")).TotalResults.Should().Be(0);
        (await client.FilterAsync("groups pr")).UserNames.Should().Equal("bob");
        (await client.PatchAsync($"/Groups/{ids["guides"]}", ids.Fill("""{"op":"add","path":"members","value":["{ana}"]}"""))).ShouldBeError(400, "invalidValue");
    }

    [Fact]
    public async Task LastModified_of_a_group_grows_with_a_member_s_deletion_even_if_the_clock_does_not()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var guides = await client.CreateGroupAsync("Guides", ana.Id);
        host.Clock.Advance(TimeSpan.FromHours(-1));

        await client.DeleteAsync($"/Users/{ana.Id}");
        host.Clock.Advance(TimeSpan.FromHours(1));

        var read = await client.GetAsync($"/Groups/{guides.Id}");
        read.Tag.Should().Be("W/\"2\"");
        string.CompareOrdinal(read.LastModified(), guides.LastModified()).Should().BePositive();
    }

    [Fact]
    public async Task A_restored_user_is_back_in_the_groups_that_there_still_are()
    {
        var (client, ids) = await PopulatedAsync();
        await client.DeleteAsync($"/Users/{ids["ana"]}");
        await client.DeleteAsync($"/Groups/{ids["staff"]}");
        var before = await client.GetAsync($"/Groups/{ids["guides"]}");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        await host.SendAsync(new RestoreUser.Command(client.Organization, ids["ana"]));

        var guides = await client.GetAsync($"/Groups/{ids["guides"]}");
        guides.MemberIds().Should().Equal(ids["ana"]);
        guides.Tag.Should().Be("W/\"3\"");
        string.CompareOrdinal(guides.LastModified(), before.LastModified()).Should().BePositive();
        ids.NamesOf((await client.GetAsync($"/Users/{ids["ana"]}")).Body.GroupIds()).Should().Be("guides crew all");
        (await client.GetAsync($"/Groups/{ids["crew"]}")).Tag.Should().Be("W/\"1\"");
        (await client.FilterAsync($"groups.value eq \"{ids["all"]}\"")).UserNames.Should().BeEquivalentTo("ana", "bob");
    }

    [Fact]
    public async Task A_user_that_is_deleted_and_restored_again_and_again_is_in_the_groups_of_its_last_life()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var first = await client.CreateGroupAsync("First", ana.Id);
        var second = await client.CreateGroupAsync("Second");

        await DeleteAndRestoreAsync();
        await client.PatchAsync($"/Groups/{first.Id}", """{"op":"remove","path":"members"}""");
        await client.PatchAsync($"/Groups/{second.Id}", $$"""{"op":"add","path":"members","value":["{{ana.Id}}"]}""");
        await DeleteAndRestoreAsync();

        (await client.GetAsync($"/Users/{ana.Id}")).Body.GroupIds().Should().Equal(second.Id);
        (await client.GetAsync($"/Groups/{first.Id}")).Tag.Should().Be("W/\"4\"");
        (await client.GetAsync($"/Groups/{second.Id}")).Tag.Should().Be("W/\"4\"");

        async Task DeleteAndRestoreAsync()
        {
            (await client.DeleteAsync($"/Users/{ana.Id}")).Status.Should().Be(204);
            await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        }
    }

    [Fact]
    public async Task A_user_that_cannot_be_restored_is_in_no_group()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var guides = await client.CreateGroupAsync("Guides", ana.Id);
        await client.DeleteAsync($"/Users/{ana.Id}");
        var successor = await client.CreateUserAsync("ana");
        var other = await host.CreateOrganizationAsync();

        var restoring = () => host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        var elsewhere = () => host.SendAsync(new RestoreUser.Command(other.Organization, ana.Id));

        (await restoring.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(409);
        (await elsewhere.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        var read = await client.GetAsync($"/Groups/{guides.Id}");
        read.Body["members"].Should().BeNull();
        read.Tag.Should().Be("W/\"2\"");
        (await client.GetAsync($"/Users/{successor.Id}")).Text.Should().Be(successor.Text);
        await client.DeleteAsync($"/Users/{successor.Id}");
        await restoring();
        (await client.GetAsync($"/Groups/{guides.Id}")).MemberIds().Should().Equal(ana.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_purged_user_is_in_no_group_and_comes_back_to_none(bool live)
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var bob = await client.CreateUserAsync("bob");
        var guides = await client.CreateGroupAsync("Guides", ana.Id, bob.Id);
        if (!live)
        {
            await client.DeleteAsync($"/Users/{ana.Id}");
        }

        await host.SendAsync(new PurgeUser.Command(client.Organization, ana.Id));

        var read = await client.GetAsync($"/Groups/{guides.Id}");
        read.MemberIds().Should().Equal(bob.Id);
        read.Tag.Should().Be("W/\"2\"");
        (await client.FilterGroupsAsync($"members eq \"{ana.Id}\"")).TotalResults.Should().Be(0);
        var restoring = () => host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        (await restoring.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
        (await client.GetAsync($"/Groups/{guides.Id}")).Text.Should().Be(read.Text);
    }

    [Fact]
    public async Task A_user_in_three_hundred_groups_shows_and_leaves_them_all()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var bob = await client.CreateUserAsync("bob");
        var ids = await client.CreateGroupsAsync(300, ana.Id);

        var got = await client.GetAsync($"/Users/{ana.Id}");
        var listed = await client.GetAsync("/Users");

        got.Body.GroupIds().Should().Equal(ids);
        listed.Resources[0].ShouldBeJson(got.Text);
        listed.Resources[1].ShouldBeJson(bob.Text);
        (await client.FilterAsync($"groups.value eq \"{ids[299]}\"")).UserNames.Should().Equal("ana");
        (await client.FilterGroupsAsync($"members eq \"{ana.Id}\"", "&count=1&attributes=id")).TotalResults.Should().Be(300);
        (await client.DeleteAsync($"/Users/{ana.Id}")).Status.Should().Be(204);
        (await client.FilterGroupsAsync("members pr", "&count=0")).TotalResults.Should().Be(0);
        (await client.FilterGroupsAsync("meta.version eq \"W/\\\"2\\\"\"", "&count=0")).TotalResults.Should().Be(300);
        await host.SendAsync(new RestoreUser.Command(client.Organization, ana.Id));
        (await client.GetAsync($"/Users/{ana.Id}")).Body.GroupIds().Should().Equal(ids);
    }

    [Fact]
    public async Task A_page_of_users_in_very_many_groups_ends_early_and_the_next_goes_on_behind_it()
    {
        var client = await host.CreateOrganizationAsync();
        var users = await client.CreateUsersAsync(300);
        var groups = await client.CreateGroupsAsync(260, users);

        // 200 users in 260 groups each are more memberships than one answer shows, 100 are not.
        var first = await client.GetAsync("/Users?count=200");
        var second = await client.GetAsync("/Users?count=200&startIndex=101");
        var byCursor = new List<ScimAnswer> { await client.GetAsync("/Users?count=200&cursor") };
        while (byCursor[^1].Body["nextCursor"]?.GetValue<string>() is { } next && byCursor.Count < 10)
        {
            byCursor.Add(await client.GetAsync($"/Users?count=200&cursor={next}"));
        }

        var back = await client.GetAsync($"/Users?count=200&cursor={byCursor[^1].Body["previousCursor"]}");

        Ids(first).Should().Equal(users[..100]);
        first.TotalResults.Should().Be(300);
        first.Body["itemsPerPage"]!.GetValue<int>().Should().Be(100);
        Ids(second).Should().Equal(users[100..200]);
        first.Resources.Concat(second.Resources).Should().OnlyContain(user => user.GroupIds().SequenceEqual(groups));
        byCursor.Select(page => page.Resources.Count).Should().Equal(100, 100, 100);
        byCursor.SelectMany(Ids).Should().Equal(users);
        byCursor.SelectMany(page => page.Resources).Should().OnlyContain(user => user.GroupIds().SequenceEqual(groups));
        Ids(back).Should().Equal(Ids(byCursor[1]));
        (await client.GetAsync("/Users?count=200&excludedAttributes=groups")).Resources.Should().HaveCount(200);
        (await client.FilterAsync("groups.type eq \"indirect\"")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task Groups_many_levels_above_are_shown_once_however_many_ways_lead_there()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var level = new[] { (await client.CreateGroupAsync("0", ana.Id)).Id };
        var all = new List<string>(level);
        for (var depth = 1; depth <= 10; depth++)
        {
            level = await Task.WhenAll(Enumerable.Range(0, 3).Select(async index => (await client.CreateGroupAsync($"{depth}", level)).Id));
            all.AddRange(level);
        }

        var got = await client.GetAsync($"/Users/{ana.Id}");

        got.Body.GroupIds().Should().OnlyHaveUniqueItems().And.BeEquivalentTo(all);
        got.Body["groups"]!.AsArray().Count(group => group!["type"]!.GetValue<string>() == "direct").Should().Be(1);
        (await client.GetAsync("/Users")).Resources.Single().ShouldBeJson(got.Text);
        (await client.FilterAsync($"groups.value eq \"{level[2]}\" and groups.display eq \"10\"")).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task Groups_of_another_organization_are_neither_shown_nor_found()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var bob = await other.CreateUserAsync("bob");
        var mine = await client.CreateGroupAsync("Mine", ana.Id);
        var foreign = await other.CreateGroupAsync("Foreign", bob.Id);

        foreach (var filter in (string[])[$"groups.value eq \"{foreign.Id}\"", $"groups[value eq \"{foreign.Id}\"]", "groups.display eq \"Foreign\"", $"groups.$ref ew \"{foreign.Id}\""])
        {
            (await client.FilterAsync(filter)).TotalResults.Should().Be(0, filter);
            (await other.FilterAsync(filter)).UserNames.Should().Equal("bob");
        }

        (await client.FilterAsync("groups pr or not (groups pr)")).UserNames.Should().Equal("ana");
        (await client.GetAsync($"/Users/{ana.Id}")).Body.GroupIds().Should().Equal(mine.Id);
        (await client.GetAsync("/Users")).Text.Should().NotContain("Foreign");
    }

    [Fact]
    public async Task Who_is_deleted_while_groups_take_it_in_is_in_none_of_them()
    {
        var client = await host.CreateOrganizationAsync();
        for (var round = 0; round < 10; round++)
        {
            var user = await client.CreateUserAsync($"user{round}");
            var groups = await Task.WhenAll(Enumerable.Range(0, 4).Select(index => client.CreateGroupAsync($"{round}.{index}")));

            var adding = groups.Select(group => client.PatchAsync($"/Groups/{group.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{user.Id}}"}]}""")).ToArray();
            var deleting = client.DeleteAsync($"/Users/{user.Id}");
            await Task.WhenAll([.. adding, deleting]);

            (await deleting).Status.Should().Be(204);
            var taken = new List<string>();
            for (var index = 0; index < groups.Length; index++)
            {
                var added = await adding[index];
                added.Status.Should().BeOneOf(204, 400);
                var read = await client.GetAsync($"/Groups/{groups[index].Id}");
                read.MemberIds().Should().BeEmpty();
                read.Tag.Should().Be(added.Status == 204 ? "W/\"3\"" : "W/\"1\"");
                taken.AddRange(added.Status == 204 ? [groups[index].Id] : []);
            }

            await host.SendAsync(new RestoreUser.Command(client.Organization, user.Id));
            (await client.GetAsync($"/Users/{user.Id}")).Body.GroupIds().Should().Equal(taken.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_member_s_deletion_is_a_version_of_its_own_among_changes_of_the_group_at_once()
    {
        var client = await host.CreateOrganizationAsync();
        var others = await client.CreateUsersAsync(8, "other");
        for (var round = 0; round < 20; round++)
        {
            var user = await client.CreateUserAsync($"user{round}");
            var group = await client.CreateGroupAsync($"{round}");

            var adding = ((string[])[user.Id, .. others])
                .Select(id => client.PatchAsync($"/Groups/{group.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{id}}"}]}""")).ToArray();
            var deleting = client.DeleteAsync($"/Users/{user.Id}");
            await Task.WhenAll([.. adding, deleting]);

            (await deleting).Status.Should().Be(204);
            var answers = await Task.WhenAll(adding);
            answers[1..].Should().OnlyContain(answer => answer.Status == 204);
            answers[0].Status.Should().BeOneOf(204, 400);
            answers.Where(answer => answer.Status == 204).Select(answer => answer.Tag).Should().OnlyHaveUniqueItems();
            var read = await client.GetAsync($"/Groups/{group.Id}");
            read.MemberIds().Should().Equal(others);
            read.Tag.Should().Be(answers[0].Status == 204 ? "W/\"11\"" : "W/\"9\"");
        }
    }

    [Fact]
    public async Task A_group_that_is_deleted_while_its_user_is_restored_is_gone()
    {
        var client = await host.CreateOrganizationAsync();
        for (var round = 0; round < 30; round++)
        {
            var user = await client.CreateUserAsync($"user{round}");
            var groups = await Task.WhenAll(Enumerable.Range(0, 4).Select(index => client.CreateGroupAsync($"{round}.{index}", user.Id)));
            await client.DeleteAsync($"/Users/{user.Id}");

            var restoring = host.SendAsync(new RestoreUser.Command(client.Organization, user.Id));
            var deleting = groups.Select(group => client.DeleteAsync($"/Groups/{group.Id}")).ToArray();
            await Task.WhenAll([restoring, .. deleting]);

            deleting.Should().OnlyContain(answer => answer.Result.Status == 204);
            (await client.GetAsync($"/Users/{user.Id}")).Body.GroupIds().Should().BeEmpty();
        }

        (await client.FilterAsync("groups pr")).UserNames.Should().BeEmpty();
        (await client.FilterAsync("not (groups pr)")).TotalResults.Should().Be(30);
    }

    [Fact]
    public async Task Users_and_groups_that_come_and_go_at_once_agree_at_the_end()
    {
        var client = await host.CreateOrganizationAsync();
        var users = await client.CreateUsersAsync(24);
        var groups = await Task.WhenAll(Enumerable.Range(0, 6).Select(index => client.CreateGroupAsync($"{index}")));

        var answers = await Task.WhenAll(users.SelectMany((user, index) => (Task<ScimAnswer>[])
        [
            .. groups.Select(group => client.PatchAsync($"/Groups/{group.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{user}}"}]}""")),
            index % 3 == 0 ? client.DeleteAsync($"/Users/{user}") : client.GetAsync($"/Users/{user}"),
            index % 8 == 0 ? client.DeleteAsync($"/Groups/{groups[index / 8].Id}") : client.GetAsync("/Groups"),
        ]));

        answers.Should().OnlyContain(answer => answer.Status == 200 || answer.Status == 204 || answer.Status == 400 || answer.Status == 404);
        var left = (await client.GetAsync("/Groups")).Resources;
        left.Should().HaveCount(3);
        left.Should().OnlyContain(group => group.MemberIds().Length == 16);
        foreach (var user in users.Where((_, index) => index % 3 != 0))
        {
            (await client.GetAsync($"/Users/{user}")).Body.GroupIds().Should().Equal(left.Select(group => group!["id"]!.GetValue<string>()));
        }
    }

    private static string[] Ids(ScimAnswer list) => [.. list.Resources.Select(user => user!["id"]!.GetValue<string>())];
}
