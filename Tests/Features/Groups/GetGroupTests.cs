using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Groups;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Storage;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Groups;

public sealed class GetGroupTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:Group";

    [Fact]
    public async Task A_group_is_answered_with_Location_Content_Location_and_ETag()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", (await client.CreateUserAsync("ana")).Id);

        var answer = await client.GetAsync($"/Groups/{created.Id}");

        answer.Status.Should().Be(200);
        answer.Text.Should().Be(created.Text);
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/scim+json");
        answer.Body["meta"]!["location"]!.GetValue<string>().Should().Be($"{client.BaseUrl}/Groups/{created.Id}")
            .And.Be(answer.Headers.Location!.ToString()).And.Be(answer.ContentHeaders.ContentLocation!.ToString());
        answer.Tag.Should().Be("W/\"1\"").And.Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        answer.ContentHeaders.ContentLength.Should().Be(answer.Text.Length);
    }

    [Fact]
    public async Task A_group_is_the_same_with_and_without_its_members_and_in_a_list_after_any_change()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides");
        string[] changes =
        [
            $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""",
            """{"op":"replace","path":"displayName","value":"Tour Guides"}""",
            """{"op":"remove","path":"members"}""",
            $$$"""{"op":"replace","value":{"externalId":"e1","members":[{"value":"{{{ana.Id}}}"}]}}""",
        ];

        for (var index = 0; index < changes.Length; index++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            (await client.PatchAsync($"/Groups/{created.Id}", changes[index])).Status.Should().Be(204);

            var whole = await client.GetAsync($"/Groups/{created.Id}");
            var without = await client.GetAsync($"/Groups/{created.Id}?excludedAttributes=members");
            whole.Tag.Should().Be($"W/\"{index + 2}\"").And.Be(whole.Body["meta"]!["version"]!.GetValue<string>()).And.Be(without.Tag);
            without.Text.Should().Be(whole.Without("members"));
            (await client.GetAsync("/Groups")).Resources.Single().ShouldBeJson(whole.Text);
            (await client.GetAsync("/Groups?excludedAttributes=members")).Resources.Single().ShouldBeJson(without.Text);
        }
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("0")]
    [InlineData("0199c2a7-0000-7000-8000-000000000000")]
    [InlineData("%20")]
    [InlineData("a%2Fb")]
    [InlineData("a'%20or%20'1'='1")]
    [InlineData("%22")]
    [InlineData("Guides")]
    [InlineData("a%0D%0AX-Evil:1")]
    public async Task An_id_that_no_group_has_is_404_however_it_looks(string id)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateGroupAsync("Guides");

        var answer = await client.GetAsync($"/Groups/{id}");
        var page = await client.GetAsync($"/Groups/{id}?membersCount=1");
        var without = await client.GetAsync($"/Groups/{id}?excludedAttributes=members");

        ((ScimAnswer[])[answer, page, without]).Should().AllSatisfy(refusal => refusal.ShouldBeError(404));
        answer.Headers.Contains("X-Evil").Should().BeFalse();
    }

    [Fact]
    public async Task An_id_is_compared_exactly_and_that_of_a_user_is_none()
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides", user.Id);

        var upper = await client.GetAsync($"/Groups/{created.Id.ToUpperInvariant()}");
        var ofUser = await client.GetAsync($"/Groups/{user.Id}");
        var asUser = await client.GetAsync($"/Users/{created.Id}");

        ((ScimAnswer[])[upper, ofUser, asUser]).Should().AllSatisfy(answer => answer.ShouldBeError(404));
    }

    [Fact]
    public async Task A_very_long_id_is_404_and_not_repeated_at_length()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Groups/{new string('x', 8000)}");

        answer.ShouldBeError(404);
        answer.Text.Length.Should().BeLessThan(500);
    }

    [Fact]
    public async Task A_group_of_another_organization_is_answered_as_one_that_does_not_exist()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var foreign = await other.CreateGroupAsync("Guides", (await other.CreateUserAsync("ana")).Id);

        var answer = await client.GetAsync($"/Groups/{foreign.Id}");
        var unknown = await client.GetAsync("/Groups/0199c2a7-0000-7000-8000-000000000000");

        answer.ShouldBeError(404);
        answer.Text.Replace(foreign.Id, "ID", StringComparison.Ordinal)
            .Should().Be(unknown.Text.Replace("0199c2a7-0000-7000-8000-000000000000", "ID", StringComparison.Ordinal));
        (await client.GetAsync($"/Groups/{foreign.Id}", ("If-None-Match", foreign.Tag!))).ShouldBeError(404);
    }

    [Fact]
    public async Task A_trailing_slash_and_unknown_parameters_change_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", (await client.CreateUserAsync("ana")).Id);

        var answer = await client.GetAsync($"/Groups/{created.Id}/?aadOptscim062020&unknown=1&filter=nonsense&sortBy=x&count=x");

        answer.Text.Should().Be(created.Text);
    }

    [Theory]
    [InlineData("attributes=displayName", """{"displayName":"Guides"}""")]
    [InlineData("attributes=DISPLAYNAME", """{"displayName":"Guides"}""")]
    [InlineData("attributes=members", """{"members":[{"value":"{ana}","$ref":"{base}/Users/{ana}","display":"Ana","type":"User"},{"value":"{sub}","$ref":"{base}/Groups/{sub}","display":"Sub","type":"Group"}]}""")]
    [InlineData("attributes=members.value", """{"members":[{"value":"{ana}"},{"value":"{sub}"}]}""")]
    [InlineData("attributes=Members.Value,members.TYPE", """{"members":[{"value":"{ana}","type":"User"},{"value":"{sub}","type":"Group"}]}""")]
    [InlineData("attributes=members.$ref", """{"members":[{"$ref":"{base}/Users/{ana}"},{"$ref":"{base}/Groups/{sub}"}]}""")]
    [InlineData("attributes=members.display,externalId", """{"externalId":"e1","members":[{"display":"Ana"},{"display":"Sub"}]}""")]
    [InlineData("attributes=members.display,members", """{"members":[{"value":"{ana}","$ref":"{base}/Users/{ana}","display":"Ana","type":"User"},{"value":"{sub}","$ref":"{base}/Groups/{sub}","display":"Sub","type":"Group"}]}""")]
    [InlineData("attributes=urn:ietf:params:scim:schemas:core:2.0:Group:members.value", """{"members":[{"value":"{ana}"},{"value":"{sub}"}]}""")]
    [InlineData("attributes=members.nothing", "{}")]
    [InlineData("attributes=nothing", "{}")]
    [InlineData("attributes=userName", "{}")]
    [InlineData("attributes=id,schemas", "{}")]
    [InlineData("attributes=[[[", "{}")]
    [InlineData("excludedAttributes=members,meta,externalId", """{"displayName":"Guides"}""")]
    [InlineData("excludedAttributes=meta,externalId,displayName,members.display,members.$ref", """{"members":[{"value":"{ana}","type":"User"},{"value":"{sub}","type":"Group"}]}""")]
    [InlineData("excludedAttributes=meta,members.value,members.display,members.$ref,members.type,id", """{"displayName":"Guides","externalId":"e1"}""")]
    [InlineData("excludedAttributes=meta,urn:ietf:params:scim:schemas:core:2.0:Group:members", """{"displayName":"Guides","externalId":"e1"}""")]
    public async Task Attributes_and_excludedAttributes_select_beside_what_is_always_returned(string query, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new NamedIds { ["base"] = client.BaseUrl, ["ana"] = (await client.CreateUserAsync("a", "\"displayName\":\"Ana\"")).Id, ["sub"] = (await client.CreateGroupAsync("Sub")).Id };
        var created = await client.PostAsync(
            "/Groups", ids.Fill($$$"""{"schemas":["{{{Core}}}"],"displayName":"Guides","externalId":"e1","members":[{"value":"{ana}"},{"value":"{sub}"}]}"""));

        var answer = await client.GetAsync($"/Groups/{created.Id}?{query}");

        answer.Status.Should().Be(200, answer.Text);
        answer.Id.Should().Be(created.Id);
        answer.Tag.Should().Be(created.Tag);
        answer.Body["schemas"].ShouldBeJson($"[\"{Core}\"]");
        JsonNode.Parse(answer.Without("id", "schemas")).ShouldBeJson(ids.Fill(expected));
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_together_are_an_invalidValue()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides");

        var answer = await client.GetAsync($"/Groups/{created.Id}?attributes=displayName&excludedAttributes=members");

        answer.ShouldBeError(400, "invalidValue");
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("\"1\"")]
    [InlineData("*")]
    [InlineData("\"7\", {0}")]
    public async Task A_group_whose_version_the_client_has_is_not_sent_again(string ifNoneMatch)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", (await client.CreateUserAsync("ana")).Id);

        var answer = await client.GetAsync($"/Groups/{created.Id}", ("If-None-Match", ifNoneMatch.Replace("{0}", created.Tag, StringComparison.Ordinal)));

        answer.Status.Should().Be(304);
        answer.Text.Should().BeEmpty();
        answer.Tag.Should().Be(created.Tag);
    }

    [Fact]
    public async Task A_group_whose_members_changed_is_sent_again()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var created = await client.CreateGroupAsync("Guides");
        await client.PatchAsync($"/Groups/{created.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""");

        var answer = await client.GetAsync($"/Groups/{created.Id}", ("If-None-Match", created.Tag!));

        answer.Status.Should().Be(200);
        answer.MemberIds().Should().Equal(ana.Id);
    }

    [Fact]
    public async Task A_group_of_another_version_than_IfMatch_names_is_412()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides");

        (await client.GetAsync($"/Groups/{created.Id}", ("If-Match", "W/\"2\""))).ShouldBeError(412);
        (await client.GetAsync($"/Groups/{created.Id}", ("If-Match", created.Tag!))).Text.Should().Be(created.Text);
        (await client.GetAsync($"/Groups/{created.Id}", ("If-Match", "*"))).Status.Should().Be(200);
    }

    [Fact]
    public async Task HEAD_reads_no_members()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", await client.CreateUsersAsync(3));
        var type = (await host.GrantOfAsync(client)).Schemas.Group;
        var query = new GetGroup.Query(type, created.Id, Selection: null, new PublicUrls("https://scim.example"));

        var get = await host.AskAsync<GetGroup.Handler, GetGroup.Query>(client, query);
        var head = await host.AskAsync<GetGroup.Handler, GetGroup.Query>(client, query with { HeadersOnly = true });

        (await WrittenAsync(get)).Should().Contain("members");
        (await WrittenAsync(head)).Should().Contain(created.Id).And.NotContain("members");
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_the_body()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", await client.CreateUsersAsync(3));

        var answer = await client.SendAsync("HEAD", $"/Groups/{created.Id}", null);
        var page = await client.SendAsync("HEAD", $"/Groups/{created.Id}?membersCount=2", null);

        answer.Status.Should().Be(200);
        answer.Text.Should().BeEmpty();
        answer.Tag.Should().Be(created.Tag);
        answer.Headers.Location!.ToString().Should().Be(created.Headers.Location!.ToString());
        page.Headers.Contains("Link").Should().BeTrue();
        (await client.SendAsync("HEAD", "/Groups/unknown", null)).Status.Should().Be(404);
    }

    [Theory]
    [InlineData("membersCount=1", 7)]
    [InlineData("membersCount=2", 4)]
    [InlineData("membersCount=3", 3)]
    [InlineData("membersCount=6", 2)]
    [InlineData("membersCount=7", 1)]
    [InlineData("membersCount=8", 1)]
    [InlineData("membersCount=1000000", 1)]
    [InlineData("membersCount=99999999999999999999", 1)]
    [InlineData("MEMBERSCOUNT=2", 4)]
    [InlineData("membersAfter=", 1)]
    [InlineData("membersAfter=0&membersCount=4", 2)]
    public async Task Pages_of_members_are_linked_and_are_together_all_members_once(string query, int expected)
    {
        var client = await host.CreateOrganizationAsync();
        var members = (string[])[.. await client.CreateUsersAsync(5), (await client.CreateGroupAsync("First")).Id, (await client.CreateGroupAsync("Second")).Id];
        var created = await client.CreateGroupAsync("Guides", members);

        var pages = new List<ScimAnswer> { await client.GetAsync($"/Groups/{created.Id}?{query}") };
        while (Next(client, pages[^1]) is { } next && pages.Count < 10)
        {
            pages.Add(await client.GetAsync(next));
        }

        pages.Should().HaveCount(expected).And.OnlyContain(page => page.Status == 200 && page.Tag == created.Tag && page.MemberIds().Length > 0);
        pages.SelectMany(page => page.MemberIds()).Should().Equal(members);
        pages.SelectMany(page => page.Body["members"]!.AsArray()).Select(member => member!.ToJsonString())
            .Should().Equal(created.Body["members"]!.AsArray().Select(member => member!.ToJsonString()));
        pages.Select(page => page.Without("members")).Distinct().Should().Equal(created.Without("members"));
    }

    [Fact]
    public async Task A_page_of_members_begins_behind_any_id_and_may_be_empty()
    {
        var client = await host.CreateOrganizationAsync();
        var members = await client.CreateUsersAsync(4);
        var created = await client.CreateGroupAsync("Guides", members);

        var second = await client.GetAsync($"/Groups/{created.Id}?membersAfter={members[1]}");
        var upper = await client.GetAsync($"/Groups/{created.Id}?membersAfter={members[1].ToUpperInvariant()}&membersCount=1");
        var behind = await client.GetAsync($"/Groups/{created.Id}?membersAfter={members[3]}&membersCount=2");
        await client.DeleteAsync($"/Users/{members[1]}");
        var gone = await client.GetAsync($"/Groups/{created.Id}?membersAfter={members[1]}&membersCount=1");

        second.MemberIds().Should().Equal(members[2..]);
        second.Headers.Contains("Link").Should().BeFalse();
        upper.MemberIds().Should().Equal(members[2]);
        behind.Status.Should().Be(200);
        behind.Text.Should().Be(created.Without("members"));
        gone.MemberIds().Should().Equal(members[2]);
        Next(client, gone).Should().NotBeNull();
    }

    [Fact]
    public async Task A_page_of_members_is_projected_and_so_is_the_next_one()
    {
        var client = await host.CreateOrganizationAsync();
        var members = await client.CreateUsersAsync(3);
        var created = await client.CreateGroupAsync("Guides", members);

        var first = await client.GetAsync($"/Groups/{created.Id}?attributes=members.value&membersCount=2");
        var second = await client.GetAsync(Next(client, first)!);
        var without = await client.GetAsync($"/Groups/{created.Id}?excludedAttributes=members&membersCount=2");

        first.Body["members"].ShouldBeJson($$"""[{"value":"{{members[0]}}"},{"value":"{{members[1]}}"}]""");
        second.MemberIds().Should().Equal(members[2]);
        second.Body.ShouldBeJson($$"""{"schemas":["{{Core}}"],"id":"{{created.Id}}","members":[{"value":"{{members[2]}}"}]}""");
        without.Text.Should().Be(created.Without("members"));
        without.Headers.Contains("Link").Should().BeFalse();
    }

    [Theory]
    [InlineData("membersCount=0")]
    [InlineData("membersCount=-1")]
    [InlineData("membersCount=x")]
    [InlineData("membersCount=")]
    [InlineData("membersCount=1.5")]
    [InlineData("membersCount=1&membersCount=2")]
    [InlineData("membersAfter=a&membersAfter=b")]
    public async Task A_page_of_members_that_is_not_told_in_a_number_from_one_is_an_invalidValue(string query)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateGroupAsync("Guides", await client.CreateUsersAsync(2));

        var answer = await client.GetAsync($"/Groups/{created.Id}?{query}");

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain(query[..query.IndexOf('=', StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task Three_thousand_members_are_answered_whole_as_a_stream_and_in_pages_of_a_thousand()
    {
        var client = await host.CreateOrganizationAsync();
        var members = await client.CreateUsersAsync(3000);

        var created = await client.PostAsync("/Groups", ScimClient.Group("Everybody", members));

        created.Status.Should().Be(201);
        created.Tag.Should().Be("W/\"1\"");
        var whole = await client.GetAsync($"/Groups/{created.Id}");
        whole.Headers.TransferEncodingChunked.Should().BeTrue();
        whole.ContentHeaders.Contains("Content-Length").Should().BeFalse();
        whole.MemberIds().Should().Equal(members);
        whole.Body["members"]!.AsArray().Select(member => member!["display"]!.GetValue<string>()).Should().OnlyHaveUniqueItems().And.Contain("user2999");
        whole.Text.Should().Be(created.Text);
        (await client.GetAsync("/Groups")).Resources.Single().ShouldBeJson(whole.Text);
        (await client.FilterGroupsAsync($"members.value eq \"{members[^1]}\"", "&excludedAttributes=members")).TotalResults.Should().Be(1);

        var pages = new List<ScimAnswer> { await client.GetAsync($"/Groups/{created.Id}?membersCount=5000&attributes=members") };
        while (Next(client, pages[^1]) is { } next && pages.Count < 10)
        {
            pages.Add(await client.GetAsync(next));
        }

        pages.Select(page => page.MemberIds().Length).Should().Equal(1000, 1000, 1000);
        pages.SelectMany(page => page.MemberIds()).Should().Equal(members);

        (await client.PatchAsync($"/Groups/{created.Id}", $$"""{"op":"remove","path":"members[value eq \"{{members[1500]}}\"]"}""")).Tag.Should().Be("W/\"2\"");
        (await client.GetAsync($"/Groups/{created.Id}")).MemberIds().Should().Equal(members.Where((_, index) => index != 1500));
    }

    /// <summary>The path that the header Link names as the next page, null where there is none. RFC 8288.</summary>
    private static string? Next(ScimClient client, ScimAnswer page)
    {
        if (!page.Headers.TryGetValues("Link", out var links))
        {
            return null;
        }

        var link = links.Should().ContainSingle().Which;
        link.Should().StartWith($"<{client.BaseUrl}/Groups/").And.EndWith(">; rel=\"next\"");
        return link[(client.BaseUrl.Length + 1)..link.IndexOf('>', StringComparison.Ordinal)];
    }

    private static async Task<string> WrittenAsync(ScimResponse answer)
    {
        var output = new ArrayBufferWriter<byte>();
        await using var resource = await ((StreamedResource)answer).Open(CancellationToken.None);
        while (await resource.WriteAsync(output, CancellationToken.None))
        {
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
