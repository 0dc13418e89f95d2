using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Search;

public sealed class SearchResourcesTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_query_of_the_base_finds_users_and_groups()
    {
        var (client, ids) = await CrowdAsync();

        var all = await client.GetAsync("/");
        var bare = await client.GetAsync("");
        var searched = await SearchAsync(client, "\"count\":100");

        all.Status.Should().Be(200, all.Text);
        all.TotalResults.Should().Be(5);
        Ids(all).Should().Equal(ids);
        searched.Text.Should().Be(all.Text);
        bare.Text.Should().Be(all.Text);
        all.Resources[0]!.ToJsonString().Should().Be((await client.GetAsync($"/Users/{ids[0]}")).Body.ToJsonString());
        all.Resources[4]!.ToJsonString().Should().Be((await client.GetAsync($"/Groups/{ids[4]}")).Body.ToJsonString());
        all.Resources[4]!["members"]!.AsArray().Should().HaveCount(2);
        all.Resources[0]!["groups"]!.AsArray().Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("meta.resourceType eq \"User\"", "ana bob cy")]
    [InlineData("meta.resourceType eq \"Group\"", "Staff Leads")]
    [InlineData("(meta.resourceType eq User) or (meta.resourceType eq Group)", "ana bob cy Staff Leads")]
    [InlineData("displayName eq \"staff\"", "bob Staff")]
    [InlineData("userName sw \"a\"", "ana")]
    [InlineData("userName pr", "ana bob cy")]
    [InlineData("not (userName pr)", "Staff Leads")]
    [InlineData("userName ne \"ana\"", "bob cy Staff Leads")]
    [InlineData("userName eq null", "Staff Leads")]
    [InlineData("members pr", "Staff Leads")]
    [InlineData("members.type eq \"Group\" or userName eq \"cy\"", "cy Leads")]
    [InlineData("groups.display eq \"Staff\"", "ana bob")]
    [InlineData("emails[type eq \"work\"] or members[type eq \"User\"]", "ana Staff Leads")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq \"Leads\"", "Leads")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"lab\" or displayName co \"ead\"", "cy Leads")]
    [InlineData("externalId eq \"x1\"", "ana Staff")]
    [InlineData("id pr and not (externalId pr)", "bob cy Leads")]
    public async Task A_filter_is_over_all_types_and_what_a_type_has_not_is_without_value(string filter, string expected)
    {
        var (client, _) = await CrowdAsync();

        var found = await client.GetAsync($"/?filter={Uri.EscapeDataString(filter)}");

        found.Status.Should().Be(200, found.Text);
        Names(found).Should().Be(expected);
        found.TotalResults.Should().Be(expected.Split(' ').Length);
    }

    [Theory]
    [InlineData("/?filter=nothing%20pr", 400, "invalidFilter")]
    [InlineData("/?filter=name.nothing%20pr", 400, "invalidFilter")]
    [InlineData("/?filter=active%20eq%20%22yes%22", 400, "invalidFilter")]
    [InlineData("/?filter=", 400, "invalidFilter")]
    [InlineData("/?sortBy=nothing", 400, "invalidValue")]
    [InlineData("/?startIndex=x", 400, "invalidValue")]
    [InlineData("/?cursor=x", 400, "invalidCursor")]
    public async Task What_no_type_knows_is_refused(string path, int status, string scimType)
    {
        var (client, _) = await CrowdAsync();

        (await client.GetAsync(path)).ShouldBeError(status, scimType);
    }

    [Theory]
    [InlineData("", "ana bob cy Staff Leads")]
    [InlineData("&sortBy=displayName", "Leads bob Staff ana cy")]
    [InlineData("&sortBy=displayName&sortOrder=descending", "cy ana Staff bob Leads")]
    [InlineData("&sortBy=userName", "ana bob cy Staff Leads")]
    [InlineData("&sortBy=id&sortOrder=descending", "Leads Staff cy bob ana")]
    [InlineData("&sortBy=meta.resourceType", "Staff Leads ana bob cy")]
    [InlineData("&sortBy=members.display", "Staff Leads ana bob cy")]
    public async Task Pages_in_any_order_put_together_are_the_whole_by_index_and_by_cursor(string order, string expected)
    {
        var (client, _) = await CrowdAsync();

        var whole = await client.GetAsync($"/?count=50{order}");
        var byIndex = new List<string>();
        for (var start = 1; start <= 5; start += 2)
        {
            var page = await client.GetAsync($"/?count=2&startIndex={start}{order}");
            page.TotalResults.Should().Be(5);
            page.Body["startIndex"]!.GetValue<int>().Should().Be(start);
            byIndex.Add(Names(page));
        }

        var (byCursor, back) = (new List<string>(), new List<string>());
        var (cursor, previous) = ((string?)"", (string?)null);
        while (cursor is not null)
        {
            var page = await client.GetAsync($"/?count=2&cursor={cursor}{order}");
            page.Status.Should().Be(200, page.Text);
            byCursor.Add(Names(page));
            (cursor, previous) = (page.Body["nextCursor"]?.GetValue<string>(), page.Body["previousCursor"]?.GetValue<string>());
        }

        while (previous is not null)
        {
            var page = await client.GetAsync($"/?count=2&cursor={previous}{order}");
            back.Insert(0, Names(page));
            previous = page.Body["previousCursor"]?.GetValue<string>();
        }

        Names(whole).Should().Be(expected);
        string.Join(' ', byIndex).Should().Be(expected);
        string.Join(' ', byCursor).Should().Be(expected);
        string.Join(' ', back).Should().Be(string.Join(' ', expected.Split(' ').Take(4)));
    }

    [Fact]
    public async Task Attributes_are_selected_for_each_type()
    {
        var (client, ids) = await CrowdAsync();

        var found = await client.GetAsync("/?attributes=userName,members.value&filter=displayName%20eq%20%22staff%22");
        var without = await client.GetAsync("/?excludedAttributes=members,groups,name");

        found.Resources[0]!.AsObject().Select(member => member.Key).Should().Equal("schemas", "id", "userName");
        found.Resources[1]!["members"]!.ToJsonString().Should().Be($$"""[{"value":"{{ids[0]}}"},{"value":"{{ids[1]}}"}]""");
        without.Text.Should().NotContain("\"members\"").And.NotContain("\"groups\"");
    }

    [Fact]
    public async Task A_search_without_its_schema_is_refused_and_so_is_a_sensitive_filter_in_the_URL()
    {
        var (client, _) = await CrowdAsync();
        var careful = await host.CreateOrganizationAsync();
        await host.SendAsync(new ChangeOrganization.Command(careful.Organization) { Sensitive = ["userName"] });

        (await client.PostAsync("/.search", """{"filter":"userName pr"}""")).ShouldBeError(400, "invalidSyntax");
        (await careful.GetAsync("/?filter=userName%20pr")).ShouldBeError(403, "sensitive");
        (await SearchAsync(careful, "\"filter\":\"userName pr\"")).Status.Should().Be(200);
    }

    [Fact]
    public async Task It_is_empty_for_an_empty_organization_and_shows_nothing_of_another()
    {
        var (owner, _) = await CrowdAsync();
        var stranger = await host.CreateOrganizationAsync();

        var found = await stranger.GetAsync("/");

        found.TotalResults.Should().Be(0);
        found.Resources.Should().BeEmpty();
        (await owner.GetAsync("/?count=0")).TotalResults.Should().Be(5);
    }

    [Fact]
    public async Task A_parameter_with_a_character_that_nothing_stored_holds_is_refused()
    {
        var (client, ids) = await CrowdAsync();

        (await client.GetAsync($"/Groups/{ids[3]}?membersAfter=%00")).ShouldBeError(400, "invalidValue");
        (await client.GetAsync("/?filter=userName%20eq%20%22%00%22")).ShouldBeError(400, "invalidFilter");
    }

    private static Task<ScimAnswer> SearchAsync(ScimClient client, string members) =>
        client.PostAsync("/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],{{members}}}""");

    private static string[] Ids(ScimAnswer answer) => [.. answer.Resources.Select(resource => resource!["id"]!.GetValue<string>())];

    private static string Names(ScimAnswer answer) => string.Join(' ', answer.Resources.Select(resource => (resource!["userName"] ?? resource["displayName"])!.GetValue<string>()));

    /// <summary>Three users, a group of two of them, and a group of that one and the third.</summary>
    private async Task<(ScimClient Client, string[] Ids)> CrowdAsync()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", "\"externalId\":\"x1\",\"emails\":[{\"value\":\"a@x.example\",\"type\":\"work\"}]");
        var bob = await client.CreateUserAsync("bob", "\"displayName\":\"Staff\"");
        var cy = await client.CreateUserAsync("cy", "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"Lab\"}");
        var staff = await client.PostAsync("/Groups", ScimClient.Group("Staff", ana.Id, bob.Id).Replace("\"displayName\"", "\"externalId\":\"x1\",\"displayName\"", StringComparison.Ordinal));
        var leads = await client.CreateGroupAsync("Leads", staff.Id, cy.Id);
        return (client, [ana.Id, bob.Id, cy.Id, staff.Id, leads.Id]);
    }
}
