using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Groups;

public sealed class ListGroupsTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:Group";
    private const string SearchRequest = "\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]";
    private const string NoOne = "0199c2a7-0000-7000-8000-000000000000";

    /// <summary>
    /// Four groups, in the order of their creation: <c>admins</c> with ana; <c>Engineers</c> with bob and the group of admins; <c>Nobody</c>
    /// without members; <c>%_[a-z]</c> with ana, eve and Nobody.
    /// </summary>
    private async Task<(ScimClient Client, NamedIds Ids)> PopulatedAsync()
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new NamedIds { ["base"] = client.BaseUrl, ["noone"] = NoOne };
        ids["ana"] = (await client.CreateUserAsync("a.ruiz", "\"displayName\":\"Ana Ruiz\"")).Id;
        ids["ANA"] = ids["ana"].ToUpperInvariant();
        ids["bob"] = (await client.CreateUserAsync("bob@example.com")).Id;
        ids["eve"] = (await client.CreateUserAsync("eve", "\"displayName\":\"Ève\"")).Id;
        ids["admins"] = await CreateAsync("admins", "\"externalId\":\"ABC\",", ids["ana"]);
        ids["engineers"] = await CreateAsync("Engineers", "\"externalId\":\"abc\",", ids["bob"], ids["admins"]);
        ids["nobody"] = await CreateAsync("Nobody", "");
        ids["signs"] = await CreateAsync("%_[a-z]", "", ids["ana"], ids["eve"], ids["nobody"]);
        return (client, ids);

        async Task<string> CreateAsync(string displayName, string more, params string[] members)
        {
            var body = ScimClient.Group(displayName, members).Replace("\"displayName\"", $"{more}\"displayName\"", StringComparison.Ordinal);
            var answer = await client.PostAsync("/Groups", body);
            answer.Status.Should().Be(201, answer.Text);
            return answer.Id;
        }
    }

    [Fact]
    public async Task A_list_has_all_members_of_a_ListResponse_and_the_groups_as_they_are()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var guides = await client.CreateGroupAsync("Guides", ana.Id);
        var empty = await client.CreateGroupAsync("Empty");

        var answer = await client.GetAsync("/Groups");

        answer.Status.Should().Be(200);
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/scim+json");
        answer.Text.Should().Be(
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[{{guides.Text}},{{empty.Text}}]}""");
        answer.Tag.Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("?filter=displayName%20eq%20%22none%22")]
    [InlineData("?filter=displayName%20eq%20%22none%22&startIndex=1&count=100&excludedAttributes=members")]
    public async Task A_list_without_a_match_is_200_and_has_all_members_too(string query)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Groups{query}");

        answer.Status.Should().Be(200);
        answer.Body.ShouldBeJson(
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}""");
    }

    [Theory]
    [InlineData("displayName eq \"engineers\"", "engineers")]
    [InlineData("DISPLAYNAME Eq \"ADMINS\"", "admins")]
    [InlineData("displayName ne \"admins\"", "engineers nobody signs")]
    [InlineData("displayName co \"n\"", "admins engineers nobody")]
    [InlineData("displayName sw \"e\"", "engineers")]
    [InlineData("displayName ew \"S\"", "admins engineers")]
    [InlineData("displayName sw \"%\"", "signs")]
    [InlineData("displayName co \"_\"", "signs")]
    [InlineData("displayName pr", "admins engineers nobody signs")]
    [InlineData("displayName gt \"b\"", "engineers nobody")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq \"Nobody\"", "nobody")]
    [InlineData("externalId eq \"ABC\"", "admins")]
    [InlineData("externalId eq \"abc\"", "engineers")]
    [InlineData("externalId pr", "admins engineers")]
    [InlineData("not (externalId pr)", "nobody signs")]
    [InlineData("externalId eq null", "nobody signs")]
    [InlineData("id eq \"{nobody}\"", "nobody")]
    [InlineData("id eq \"{ana}\"", "")]
    [InlineData("members.value eq \"{ana}\"", "admins signs")]
    [InlineData("members.value eq \"{ANA}\"", "admins signs")]
    [InlineData("members.value eq \"{admins}\"", "engineers")]
    [InlineData("members.value eq \"{noone}\"", "")]
    [InlineData("members eq \"{bob}\"", "engineers")]
    [InlineData("members eq \"{ana}\" or members eq \"{bob}\"", "admins engineers signs")]
    [InlineData("members eq \"{ana}\" and members eq \"{eve}\"", "signs")]
    [InlineData("members.value ne \"{ana}\"", "engineers nobody signs")]
    [InlineData("not (members.value eq \"{ana}\")", "engineers nobody")]
    [InlineData("members.value sw \"{bob}\"", "engineers")]
    [InlineData("members.value co \"-\"", "admins engineers signs")]
    [InlineData("id eq \"{admins}\" and members eq \"{ana}\"", "admins")]
    [InlineData("id eq \"{nobody}\" and members eq \"{ana}\"", "")]
    [InlineData("members[value eq \"{ana}\" and type eq \"User\"]", "admins signs")]
    [InlineData("members[value eq \"{ana}\" and type eq \"Group\"]", "")]
    [InlineData("members[type eq \"Group\" and value eq \"{nobody}\"]", "signs")]
    [InlineData("members[value eq \"{ana}\" or display eq \"bob@example.com\"]", "admins engineers signs")]
    [InlineData("members[not (type eq \"User\")]", "engineers signs")]
    [InlineData("members[display sw \"ana\" and not (value eq \"{ana}\")]", "")]
    [InlineData("members[type eq \"User\"].value eq \"{bob}\"", "engineers")]
    [InlineData("members.type eq \"Group\"", "engineers signs")]
    [InlineData("members.type eq \"user\"", "admins engineers signs")]
    [InlineData("members.type ne \"User\"", "engineers nobody signs")]
    [InlineData("members.display co \"RUIZ\"", "admins signs")]
    [InlineData("members.display eq \"a.ruiz\"", "")]
    [InlineData("members.display eq \"BOB@example.com\"", "engineers")]
    [InlineData("members.display eq \"E\\u0300ve\"", "signs")]
    [InlineData("members.display eq \"Admins\"", "engineers")]
    [InlineData("members.$ref eq \"{base}/Users/{bob}\"", "engineers")]
    [InlineData("members.$ref eq \"{base}/Groups/{bob}\"", "")]
    [InlineData("members.$ref ew \"/Groups/{nobody}\"", "signs")]
    [InlineData("members.$ref sw \"{base}/Groups/\" and members.$ref sw \"{base}/Users/\"", "engineers signs")]
    [InlineData("members pr", "admins engineers signs")]
    [InlineData("members.value pr", "admins engineers signs")]
    [InlineData("members.display pr", "admins engineers signs")]
    [InlineData("not (members pr)", "nobody")]
    [InlineData("not (members.display co \"ruiz\")", "engineers nobody")]
    [InlineData("members eq null", "nobody")]
    [InlineData("members.type ne null", "admins engineers signs")]
    [InlineData("meta.resourceType eq \"Group\"", "admins engineers nobody signs")]
    [InlineData("meta.resourceType eq \"User\"", "")]
    [InlineData("meta.location eq \"{base}/Groups/{signs}\"", "signs")]
    [InlineData("meta.version eq \"W/\\\"1\\\"\"", "admins engineers nobody signs")]
    [InlineData("meta.created lt \"2020-01-01T00:00:00Z\"", "")]
    [InlineData("meta.lastModified ge \"2020-01-01T01:00:00+01:00\"", "admins engineers nobody signs")]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:Group\"", "admins engineers nobody signs")]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"", "")]
    public async Task A_filter_selects_by_the_rules_of_RFC_7644(string filter, string expected)
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.FilterGroupsAsync(ids.Fill(filter));
        var without = await client.FilterGroupsAsync(ids.Fill(filter), "&excludedAttributes=members");
        var search = await client.PostAsync("/Groups/.search", $$"""{{{SearchRequest}},"filter":{{JsonValue.Create(ids.Fill(filter)).ToJsonString()}}}""");

        answer.Status.Should().Be(200, answer.Text);
        ids.NamesOf(Ids(answer)).Should().Be(expected);
        answer.TotalResults.Should().Be(answer.Resources.Count);
        search.Text.Should().Be(answer.Text);
        Ids(without).Should().Equal(Ids(answer));
        without.Text.Should().NotContain("\"members\"");
    }

    [Theory]
    [InlineData("ana", "Ana Ruiz")]
    [InlineData("Jürgen", null)]
    public async Task A_member_is_found_by_the_display_that_it_is_shown_with(string userName, string? displayName)
    {
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync(userName, displayName is null ? "" : $"\"displayName\":\"{displayName}\"");
        var group = await client.CreateGroupAsync("Guides", user.Id);
        var display = group.Member(user.Id)!["display"]!.GetValue<string>();

        var answer = await client.FilterGroupsAsync($"members.display eq \"{display}\"");
        var upper = await client.FilterGroupsAsync($"members.display eq \"{display.ToUpperInvariant()}\"");

        display.Should().Be(displayName ?? userName);
        answer.DisplayNames().Should().Equal("Guides");
        upper.DisplayNames().Should().Equal("Guides");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("displayName")]
    [InlineData("displayName eq")]
    [InlineData("displayName eq 'Guides'")]
    [InlineData("displayName eq \"a\" garbage")]
    [InlineData("nothing eq \"a\"")]
    [InlineData("userName eq \"ana\"")]
    [InlineData("groups.value eq \"a\"")]
    [InlineData("members.nothing eq \"a\"")]
    [InlineData("members.value.x eq \"a\"")]
    [InlineData("members[nothing eq \"a\"]")]
    [InlineData("members[value eq \"a\"")]
    [InlineData("members[]")]
    [InlineData("members[members[value eq \"a\"]]")]
    [InlineData("members.value gt null")]
    [InlineData("displayName[value eq \"a\"]")]
    [InlineData("meta eq \"a\"")]
    [InlineData("meta.nothing eq \"a\"")]
    [InlineData("meta.created gt \"yesterday\"")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:displayName eq \"a\"")]
    public async Task A_filter_that_is_not_understood_to_its_end_is_an_invalidFilter(string filter)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateGroupAsync("Guides");

        var answer = await client.FilterGroupsAsync(filter);
        var search = await client.PostAsync("/Groups/.search", $$"""{{{SearchRequest}},"filter":{{JsonValue.Create(filter).ToJsonString()}}}""");

        answer.ShouldBeError(400, "invalidFilter");
        search.ShouldBeError(400, "invalidFilter");
    }

    [Theory]
    [InlineData("displayName pr or displayName eq \"x\"")]
    [InlineData("not (displayName eq \"x\")")]
    [InlineData("members pr or not (members pr)")]
    [InlineData("members.value ne \"x\"")]
    [InlineData("members.display co \"\" or members eq null")]
    [InlineData("id pr")]
    public async Task No_filter_reaches_another_organization(string filter)
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        await client.CreateGroupAsync("Mine", (await client.CreateUserAsync("ana")).Id);
        var bob = await other.CreateUserAsync("bob");
        var foreign = await other.PostAsync("/Groups", ScimClient.Group("Foreign", bob.Id).Replace("\"displayName\"", "\"externalId\":\"e1\",\"displayName\"", StringComparison.Ordinal));

        var answer = await client.FilterGroupsAsync(filter);

        answer.DisplayNames().Should().Equal("Mine");
        answer.TotalResults.Should().Be(1);
        foreach (var reaching in (string[])[$"id eq \"{foreign.Id}\"", "externalId eq \"e1\"", $"members eq \"{bob.Id}\"", $"members[value eq \"{bob.Id}\"]", "members.display eq \"bob\"", "displayName eq \"Foreign\""])
        {
            (await client.FilterGroupsAsync(reaching)).TotalResults.Should().Be(0, reaching);
            (await other.FilterGroupsAsync(reaching)).TotalResults.Should().Be(1, reaching);
        }
    }

    [Fact]
    public async Task A_filter_in_the_URL_that_names_a_sensitive_attribute_is_403_and_goes_by_search()
    {
        var client = await host.CreateOrganizationAsync();
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Sensitive: ["externalId", "groups"]));
        client = await host.CreateTokenAsync(client.Organization);
        var guides = await client.PostAsync("/Groups", $$"""{"schemas":["{{Core}}"],"displayName":"Guides","externalId":"e1"}""");

        var refused = await client.FilterGroupsAsync("displayName eq \"Guides\" and externalId eq \"e1\"");
        var ofUsers = await client.FilterAsync($"groups.value eq \"{guides.Id}\"");
        var search = await client.PostAsync("/Groups/.search", $$"""{{{SearchRequest}},"filter":"externalId eq \"e1\""}""");

        refused.ShouldBeError(403, "sensitive");
        refused.Detail.Should().Contain("/Groups/.search").And.NotContain("e1");
        ofUsers.ShouldBeError(403, "sensitive");
        search.DisplayNames().Should().Equal("Guides");
        (await client.FilterGroupsAsync("displayName eq \"Guides\"")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_filter_over_times_and_versions_sees_the_last_change_of_members()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var changed = await client.CreateGroupAsync("Changed");
        await client.CreateGroupAsync("Untouched");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await client.PatchAsync($"/Groups/{changed.Id}", $$"""{"op":"add","path":"members","value":[{"value":"{{ana.Id}}"}]}""");
        var lastModified = (await client.GetAsync($"/Groups/{changed.Id}")).LastModified();

        (await client.FilterGroupsAsync($"meta.lastModified ge \"{lastModified}\"")).DisplayNames().Should().Equal("Changed");
        (await client.FilterGroupsAsync($"meta.lastModified eq \"{lastModified}\"")).DisplayNames().Should().Equal("Changed");
        (await client.FilterGroupsAsync($"meta.lastModified lt \"{lastModified}\"")).DisplayNames().Should().Equal("Untouched");
        (await client.FilterGroupsAsync("meta.version eq \"W/\\\"2\\\"\"")).DisplayNames().Should().Equal("Changed");
        (await client.GetAsync("/Groups?sortBy=meta.lastModified")).DisplayNames().Should().Equal("Untouched", "Changed");
    }

    [Theory]
    [InlineData("displayName", "signs admins engineers nobody")]
    [InlineData("DISPLAYNAME", "signs admins engineers nobody")]
    [InlineData("externalId", "admins engineers nobody signs")]
    [InlineData("id", "admins engineers nobody signs")]
    [InlineData("meta.created", "admins engineers nobody signs")]
    [InlineData("members.display", "admins signs engineers nobody")]
    [InlineData("members.value", "admins signs engineers nobody")]
    [InlineData("members", "admins signs engineers nobody")]
    [InlineData("members.$ref", "admins signs engineers nobody")]
    [InlineData("members.type", "admins engineers signs nobody")]
    public async Task A_list_is_in_the_order_of_an_attribute_and_its_descending_order_is_the_reverse(string sortBy, string expected)
    {
        var (client, ids) = await PopulatedAsync();
        var order = expected.Split(' ');

        var ascending = await client.GetAsync($"/Groups?sortBy={sortBy}");
        var descending = await client.GetAsync($"/Groups?sortBy={sortBy}&sortOrder=Descending");

        ids.NamesOf(Ids(ascending)).Should().Be(expected);
        ids.NamesOf(Ids(descending)).Split(' ').Should().Equal(order.Reverse());
        for (var start = 1; start <= 5; start++)
        {
            Ids(await client.GetAsync($"/Groups?sortBy={sortBy}&startIndex={start}&count=2")).Should().Equal(Ids(ascending).Skip(start - 1).Take(2));
            Ids(await client.GetAsync($"/Groups?sortBy={sortBy}&sortOrder=descending&startIndex={start}&count=2")).Should().Equal(Ids(descending).Skip(start - 1).Take(2));
        }
    }

    [Theory]
    [InlineData("sortBy=nothing")]
    [InlineData("sortBy=userName")]
    [InlineData("sortBy=members.nothing")]
    [InlineData("sortBy=meta")]
    [InlineData("sortBy=schemas")]
    [InlineData("sortBy=displayName&sortOrder=sideways")]
    [InlineData("count=x")]
    [InlineData("startIndex=1.5")]
    [InlineData("attributes=id&excludedAttributes=members")]
    public async Task What_cannot_be_sorted_by_or_paged_is_an_invalidValue(string query)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Groups?{query}");

        answer.ShouldBeError(400, "invalidValue");
    }

    [Theory]
    [InlineData("startIndex=0", 1, "g1 g2 g3 g4 g5")]
    [InlineData("startIndex=-3", 1, "g1 g2 g3 g4 g5")]
    [InlineData("startIndex=3&count=2", 3, "g3 g4")]
    [InlineData("startIndex=5&count=2", 5, "g5")]
    [InlineData("startIndex=6", 6, "")]
    [InlineData("count=0", 1, "")]
    [InlineData("count=-1", 1, "")]
    [InlineData("count=100000", 1, "g1 g2 g3 g4 g5")]
    [InlineData("sortBy=displayName&sortOrder=descending&count=2", 1, "g5 g4")]
    public async Task A_page_starts_and_ends_where_the_client_asks(string query, int startIndex, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        for (var index = 1; index <= 5; index++)
        {
            await client.CreateGroupAsync($"g{index}", ana.Id);
        }

        var names = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var answer = await client.GetAsync($"/Groups?{query}");
        var filtered = await client.FilterGroupsAsync($"members.value eq \"{ana.Id}\" and displayName sw \"G\"", $"&{query}");
        var without = await client.GetAsync($"/Groups?excludedAttributes=members&{query}");

        answer.DisplayNames().Should().Equal(names);
        answer.TotalResults.Should().Be(5);
        answer.Body["startIndex"]!.GetValue<int>().Should().Be(startIndex);
        answer.Body["itemsPerPage"]!.GetValue<int>().Should().Be(names.Length);
        answer.Resources.SelectMany(group => group.MemberIds()).Should().Equal(names.Select(_ => ana.Id));
        filtered.Text.Should().Be(answer.Text);
        without.DisplayNames().Should().Equal(names);
        without.TotalResults.Should().Be(5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&sortBy=displayName&sortOrder=descending")]
    [InlineData("&sortBy=members.display")]
    [InlineData("&sortBy=members.display&sortOrder=descending")]
    [InlineData("&sortBy=externalId")]
    [InlineData("&filter=members%20pr&sortBy=members.type")]
    [InlineData("&excludedAttributes=members")]
    public async Task Pages_by_cursor_forward_and_back_are_the_list(string query)
    {
        var (client, _) = await PopulatedAsync();
        await client.CreateGroupAsync("Also nobody");
        var whole = await client.GetAsync($"/Groups?{query}");
        for (var count = 1; count <= 6; count++)
        {
            var pages = new List<ScimAnswer> { await client.GetAsync($"/Groups?cursor&count={count}{query}") };
            while (pages[^1].Body["nextCursor"]?.GetValue<string>() is { } next && pages.Count < 10)
            {
                pages.Add(await client.GetAsync($"/Groups?cursor={next}&count={count}{query}"));
            }

            pages.SelectMany(page => page.Resources).Select(group => group!.ToJsonString()).Should().Equal(whole.Resources.Select(group => group!.ToJsonString()));
            pages.Should().OnlyContain(page => page.TotalResults == whole.TotalResults && page.Body["startIndex"] == null);
            for (var index = pages.Count - 1; index > 0; index--)
            {
                Ids(await client.GetAsync($"/Groups?cursor={pages[index].Body["previousCursor"]}&count={count}{query}")).Should().Equal(Ids(pages[index - 1]));
            }
        }
    }

    [Fact]
    public async Task A_cursor_of_users_does_not_page_groups()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUsersAsync(2);
        await client.CreateGroupAsync("a");
        await client.CreateGroupAsync("b");
        var ofUsers = (await client.GetAsync("/Users?cursor&count=1")).Body["nextCursor"]!.GetValue<string>();

        var answer = await client.GetAsync($"/Groups?cursor={ofUsers}&count=1");

        answer.ShouldBeError(400, "invalidCursor");
    }

    [Fact]
    public async Task Search_takes_order_page_and_attributes_in_its_body()
    {
        var (client, ids) = await PopulatedAsync();

        var answer = await client.PostAsync(
            "/Groups/.search",
            ids.Fill($$$"""{{{{SearchRequest}}},"filter":"members eq \"{ana}\" or members eq \"{bob}\"","sortBy":"displayName","sortOrder":"descending","startIndex":2,"count":2,"attributes":["displayName","members.value"]}"""));
        var untold = await client.PostAsync("/Groups/.search", """{"filter":"members pr"}""");

        answer.Status.Should().Be(200, answer.Text);
        answer.Headers.Location.Should().BeNull();
        answer.TotalResults.Should().Be(3);
        answer.Body["startIndex"]!.GetValue<int>().Should().Be(2);
        answer.Body["Resources"].ShouldBeJson(ids.Fill($$$"""
            [{"schemas":["{{{Core}}}"],"id":"{admins}","displayName":"admins","members":[{"value":"{ana}"}]},
            {"schemas":["{{{Core}}}"],"id":"{signs}","displayName":"%_[a-z]","members":[{"value":"{ana}"},{"value":"{eve}"},{"value":"{nobody}"}]}]
            """));
        untold.ShouldBeError(400, "invalidSyntax");
    }

    [Theory]
    [InlineData("attributes=displayName", """{"displayName":"Guides"}""")]
    [InlineData("attributes=members.value", """{"members":[{"value":"{ana}"}]}""")]
    [InlineData("excludedAttributes=members,meta", """{"displayName":"Guides"}""")]
    [InlineData("excludedAttributes=meta,displayName,members.$ref", """{"members":[{"value":"{ana}","display":"ana","type":"User"}]}""")]
    [InlineData("attributes=id", "{}")]
    public async Task A_list_is_projected(string query, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var ids = new NamedIds { ["ana"] = (await client.CreateUserAsync("ana")).Id };
        var created = await client.CreateGroupAsync("Guides", ids["ana"]);

        var answer = await client.GetAsync($"/Groups?{query}");

        var group = answer.Resources.Single()!.AsObject();
        group["schemas"].ShouldBeJson($"[\"{Core}\"]");
        group["id"]!.GetValue<string>().Should().Be(created.Id);
        group.Remove("schemas");
        group.Remove("id");
        group.ShouldBeJson(ids.Fill(expected));
    }

    [Fact]
    public async Task TotalResults_counts_creations_and_deletions()
    {
        var client = await host.CreateOrganizationAsync();
        var first = await client.CreateGroupAsync("a");
        await client.CreateGroupAsync("b", first.Id);
        await client.PostAsync("/Groups", ScimClient.Group("refused", NoOne));
        await client.CreateUserAsync("ana");

        var before = await client.GetAsync("/Groups?count=1");
        await client.DeleteAsync($"/Groups/{first.Id}");
        var after = await client.GetAsync("/Groups?count=0");

        before.TotalResults.Should().Be(2);
        before.Resources.Should().ContainSingle();
        after.TotalResults.Should().Be(1);
        (await client.FilterGroupsAsync("displayName pr", "&count=0")).TotalResults.Should().Be(1);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    private static string[] Ids(ScimAnswer list) => [.. list.Resources.Select(group => group!["id"]!.GetValue<string>())];
}
