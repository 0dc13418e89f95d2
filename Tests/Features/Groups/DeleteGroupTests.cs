using Dapper;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Groups;

public sealed class DeleteGroupTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_deleted_group_is_answered_204_without_a_body_and_its_members_stay()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var nested = await client.CreateGroupAsync("Nested");
        var created = await client.CreateGroupAsync("Guides", ana.Id, nested.Id);

        var answer = await client.DeleteAsync($"/Groups/{created.Id}");

        answer.Status.Should().Be(204);
        answer.Text.Should().BeEmpty();
        answer.ContentHeaders.ContentType.Should().BeNull();
        (await client.GetAsync($"/Groups/{created.Id}")).ShouldBeError(404);
        (await client.GetAsync("/Groups")).DisplayNames().Should().Equal("Nested");
        (await client.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(ana.Text);
        (await client.GetAsync($"/Groups/{nested.Id}")).Text.Should().Be(nested.Text);
    }

    [Fact]
    public async Task Whatever_is_asked_of_a_deleted_group_is_404()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides", ana.Id);
        await client.DeleteAsync($"/Groups/{created.Id}");

        var answers = new[]
        {
            await client.GetAsync($"/Groups/{created.Id}"),
            await client.GetAsync($"/Groups/{created.Id}", ("If-None-Match", created.Tag!)),
            await client.PutAsync($"/Groups/{created.Id}", ScimClient.Group("Guides")),
            await client.PatchAsync($"/Groups/{created.Id}", """{"op":"remove","path":"members"}"""),
            await client.DeleteAsync($"/Groups/{created.Id}"),
            await client.DeleteAsync($"/Groups/{created.Id}", ("If-Match", "*")),
        };

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(404));
        (await client.PostAsync("/Groups", ScimClient.Group("Above", created.Id))).ShouldBeError(400, "invalidValue");
    }

    [Fact]
    public async Task A_deleted_group_is_in_no_list_and_no_search()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides", ana.Id);
        await client.CreateGroupAsync("Others", ana.Id);

        await client.DeleteAsync($"/Groups/{created.Id}");

        var all = await client.GetAsync("/Groups");
        all.DisplayNames().Should().Equal("Others");
        all.TotalResults.Should().Be(1);
        (await client.FilterGroupsAsync($"id eq \"{created.Id}\" or displayName eq \"Guides\"")).TotalResults.Should().Be(0);
        (await client.FilterGroupsAsync($"members.value eq \"{ana.Id}\"")).DisplayNames().Should().Equal("Others");
        (await client.FilterAsync($"groups.value eq \"{created.Id}\" or groups.display eq \"Guides\"")).TotalResults.Should().Be(0);
        (await client.PostAsync("/Groups/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}""")).DisplayNames().Should().Equal("Others");
    }

    [Fact]
    public async Task A_deleted_group_leaves_the_groups_that_it_was_in_and_the_groups_of_its_users()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var bob = await client.CreateUserAsync("bob");
        var guides = await client.CreateGroupAsync("Guides", ana.Id);
        var first = await client.CreateGroupAsync("First", guides.Id, bob.Id);
        var second = await client.CreateGroupAsync("Second", guides.Id);
        var above = await client.CreateGroupAsync("Above", first.Id);
        var beside = await client.CreateGroupAsync("Beside", bob.Id);
        (await client.GetAsync($"/Users/{ana.Id}")).Body.GroupIds().Should().BeEquivalentTo(guides.Id, first.Id, second.Id, above.Id);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        await client.DeleteAsync($"/Groups/{guides.Id}");

        var readFirst = await client.GetAsync($"/Groups/{first.Id}");
        readFirst.MemberIds().Should().Equal(bob.Id);
        readFirst.Tag.Should().Be("W/\"2\"").And.Be(readFirst.Body["meta"]!["version"]!.GetValue<string>());
        string.CompareOrdinal(readFirst.LastModified(), first.LastModified()).Should().BePositive();
        var readSecond = await client.GetAsync($"/Groups/{second.Id}");
        readSecond.Body["members"].Should().BeNull();
        readSecond.Tag.Should().Be("W/\"2\"");
        (await client.GetAsync($"/Groups/{above.Id}")).Text.Should().Be(above.Text);
        (await client.GetAsync($"/Groups/{beside.Id}")).Text.Should().Be(beside.Text);
        (await client.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(ana.Text);
        (await client.GetAsync($"/Users/{bob.Id}")).Body.GroupIds().Should().Equal(first.Id, beside.Id, above.Id);
        (await client.FilterAsync($"groups.value eq \"{above.Id}\"")).UserNames.Should().Equal("bob");
    }

    [Theory]
    [InlineData("W/\"1\"", 204)]
    [InlineData("*", 204)]
    [InlineData("W/\"2\"", 412)]
    [InlineData("nonsense", 412)]
    public async Task IfMatch_lets_only_a_version_that_it_names_be_deleted(string ifMatch, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", (await client.CreateUserAsync("ana")).Id);
        var above = await client.CreateGroupAsync("Above", created.Id);

        var answer = await client.DeleteAsync($"/Groups/{created.Id}", ("If-Match", ifMatch));

        answer.Status.Should().Be(status, answer.Text);
        (await client.GetAsync($"/Groups/{created.Id}")).Status.Should().Be(status == 204 ? 404 : 200);
        (await client.GetAsync($"/Groups/{above.Id}")).Tag.Should().Be(status == 204 ? "W/\"2\"" : "W/\"1\"");
    }

    [Fact]
    public async Task A_group_of_many_thousands_is_emptied_and_deleted()
    {
        var client = await host.CreateOrganizationAsync();
        var (emptied, deleted) = (await client.CreateGroupAsync("Emptied"), await client.CreateGroupAsync("Deleted"));
        await client.CreateUserAsync("ana");
        using (var session = host.OpenDatabase())
        {
            await session.ExecuteAsync(
                """
                with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 60000)
                insert into memberships (organization_id, group_id, member_id, member_type)
                select g.organization_id, g.id, 'member-' || (n * 7919 % 60013), 'User' from numbers, groups g where g.id in (@Emptied, @Deleted)
                """,
                new { Emptied = emptied.Id, Deleted = deleted.Id });
        }

        var emptying = await client.PatchAsync($"/Groups/{emptied.Id}", """{"op":"remove","path":"members"}""");
        var deleting = await client.DeleteAsync($"/Groups/{deleted.Id}");

        emptying.Status.Should().Be(204, emptying.Text);
        deleting.Status.Should().Be(204, deleting.Text);
        (await client.GetAsync("/Groups")).Resources.Should().ContainSingle().Which!["members"].Should().BeNull();
    }

    [Fact]
    public async Task A_group_that_does_not_exist_here_is_404()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var foreign = await other.CreateGroupAsync("Guides", (await other.CreateUserAsync("bob")).Id);
        var user = await client.CreateUserAsync("ana");

        foreach (var id in (string[])["unknown", foreign.Id, user.Id])
        {
            (await client.DeleteAsync($"/Groups/{id}", ("If-Match", "*"))).ShouldBeError(404);
        }

        (await other.GetAsync($"/Groups/{foreign.Id}")).Text.Should().Be(foreign.Text);
        (await client.GetAsync($"/Users/{user.Id}")).Text.Should().Be(user.Text);
    }

    [Fact]
    public async Task Of_those_that_delete_one_group_at_once_one_does()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", (await client.CreateUserAsync("ana")).Id);
        var above = await client.CreateGroupAsync("Above", created.Id);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.DeleteAsync($"/Groups/{created.Id}")));

        answers.Select(answer => answer.Status).Order().Should().Equal([204, .. Enumerable.Repeat(404, 7)]);
        (await client.GetAsync("/Groups")).TotalResults.Should().Be(1);
        (await client.GetAsync($"/Groups/{above.Id}")).Tag.Should().Be("W/\"2\"");
    }

    [Fact]
    public async Task A_group_that_is_deleted_while_it_is_put_into_others_is_in_none_of_them()
    {
        var client = await host.CreateOrganizationAsync();
        for (var round = 0; round < 10; round++)
        {
            var nested = await client.CreateGroupAsync("Nested");
            var others = await Task.WhenAll(Enumerable.Range(0, 4).Select(index => client.CreateGroupAsync($"{index}")));

            var adding = others.Select(other => client.PatchAsync($"/Groups/{other.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{nested.Id}}"}]}""")).ToArray();
            var deleting = client.DeleteAsync($"/Groups/{nested.Id}");
            await Task.WhenAll([.. adding, deleting]);

            (await deleting).Status.Should().Be(204);
            for (var index = 0; index < others.Length; index++)
            {
                var added = await adding[index];
                added.Status.Should().BeOneOf(204, 400);
                var read = await client.GetAsync($"/Groups/{others[index].Id}");
                read.MemberIds().Should().BeEmpty();
                read.Tag.Should().Be(added.Status == 204 ? "W/\"3\"" : "W/\"1\"");
            }
        }

        (await client.FilterGroupsAsync("members pr")).TotalResults.Should().Be(0);
    }
}
