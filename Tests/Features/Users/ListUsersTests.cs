using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class ListUsersTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private const string SearchRequest = "\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"]";

    [Fact]
    public async Task A_list_has_all_members_of_a_ListResponse()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana");
        var bob = await client.CreateUserAsync("bob", "\"active\":false");

        var answer = await client.GetAsync("/Users");

        answer.Status.Should().Be(200);
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/scim+json");
        answer.Text.Should().Be(
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[{{ana.Text}},{{bob.Text}}]}""");
        answer.Tag.Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("?filter=userName%20eq%20%22nobody%22")]
    [InlineData("?filter=userName%20eq%20%22nobody%22&startIndex=1&count=1")]
    public async Task A_list_without_a_match_is_200_and_has_all_members_too(string query)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Users{query}");

        answer.Status.Should().Be(200);
        answer.Body.ShouldBeJson(
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}""");
    }

    [Theory]
    [InlineData("userName Eq \"BJENSEN\"", "bjensen")]
    [InlineData("USERNAME eq \"bjensen\"", "bjensen")]
    [InlineData("userName eq \"ｂｊｅｎｓｅｎ\"", "bjensen")]
    [InlineData("externalId eq \"ABC\"", "bjensen")]
    [InlineData("externalId eq \"abc\"", "mary")]
    [InlineData("title pr and userType eq \"Employee\" or nickName eq \"Jo\"", "bjensen jo")]
    [InlineData("title pr and (userType eq \"Employee\" or nickName eq \"Jo\")", "bjensen")]
    [InlineData("not (userName eq \"jo\") and not(title pr)", "mary")]
    [InlineData("emails[type eq \"work\" and value co \"@home\"]", "")]
    [InlineData("emails.type eq \"work\" and emails.value co \"@home\"", "bjensen")]
    [InlineData("emails co \"x.com\"", "bjensen mary")]
    [InlineData("emails[type eq \"work\" or (type eq \"home\" and value ew \"x.com\")]", "bjensen mary")]
    [InlineData("emails[type eq \"work\"].value eq \"b@x.com\"", "bjensen")]
    [InlineData("meta.lastModified ge \"2020-01-01T01:00:00+01:00\"", "bjensen mary jo")]
    [InlineData("meta.created lt \"2020-01-01T00:00:00Z\"", "")]
    [InlineData("name.familyName co \"O'Malley\"", "mary")]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"", "jo")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"J\"", "jo")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"labs\"", "jo")]
    [InlineData("department eq \"labs\"", "jo")]
    [InlineData("manager eq \"m1\"", "jo")]
    [InlineData("active eq false", "mary")]
    [InlineData("active eq \"False\"", "mary")]
    [InlineData("active ne false", "bjensen jo")]
    [InlineData("title eq null", "mary jo")]
    [InlineData("title ne null", "bjensen")]
    [InlineData("title ne \"Lead\"", "mary jo")]
    [InlineData("not (emails.type eq \"home\")", "mary jo")]
    [InlineData("emails.type ne \"home\"", "bjensen mary jo")]
    [InlineData("role eq \"MEMBER\"", "bjensen mary jo")]
    [InlineData("meta.resourceType eq \"User\"", "bjensen mary jo")]
    [InlineData("meta.resourceType eq \"user\"", "")]
    [InlineData("name.givenName sw \"\\u0062arb\"", "bjensen")]
    [InlineData("displayName sw \"%\"", "jo")]
    [InlineData("displayName co \"_\"", "jo")]
    [InlineData("displayName ew \"[a-z]\"", "jo")]
    [InlineData("addresses.country eq \"US\"", "")]
    [InlineData("groups pr", "")]
    public async Task A_filter_selects_by_the_rules_of_RFC_7644(string filter, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("bjensen", """
            "externalId":"ABC","title":"Lead","userType":"Employee","name":{"givenName":"Barbara"},
            "emails":[{"value":"b@x.com","type":"work"},{"value":"b@home","type":"home"}]
            """);
        await client.CreateUserAsync("mary", "\"externalId\":\"abc\",\"active\":false,\"name\":{\"familyName\":\"O'Malley\"},\"emails\":[{\"value\":\"m@X.com\",\"type\":\"work\"}]");
        await client.CreateUserAsync("jo", "\"nickName\":\"Jo\",\"displayName\":\"%_[a-z]\",\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"Labs\",\"manager\":{\"value\":\"m1\"}}");

        var answer = await client.FilterAsync(filter);
        var search = await client.PostAsync("/Users/.search", $$"""{{{SearchRequest}},"filter":{{JsonValue.Create(filter).ToJsonString()}}}""");

        answer.Status.Should().Be(200, answer.Text);
        answer.UserNames.Should().Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        answer.TotalResults.Should().Be(answer.Resources.Count);
        search.Text.Should().Be(answer.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq 'bjensen'")]
    [InlineData("userName regex \"x\"")]
    [InlineData("userName eq \"a\" garbage")]
    [InlineData("userName eq \"a\" or")]
    [InlineData("(userName eq \"a\"")]
    [InlineData("userName eq \"a\")")]
    [InlineData("userName eq \"a")]
    [InlineData("userName eq \"\\x\"")]
    [InlineData("userName eq \"\\ud800\"")]
    [InlineData("userName eq \"\\u0000\"")]
    [InlineData("userName eq TRUE and")]
    [InlineData("active gt true")]
    [InlineData("active eq \"yes\"")]
    [InlineData("active co true")]
    [InlineData("x509Certificates.value gt \"A\"")]
    [InlineData("meta.created gt 5")]
    [InlineData("meta.created gt \"yesterday\"")]
    [InlineData("meta.created sw \"2026\"")]
    [InlineData("nothing eq \"a\"")]
    [InlineData("name.nothing eq \"a\"")]
    [InlineData("name eq \"a\"")]
    [InlineData("emails.value.x eq \"a\"")]
    [InlineData("email eq \"a@x.com\"")]
    [InlineData("emails[nothing eq \"a\"]")]
    [InlineData("emails[emails[type eq \"a\"]]")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[]")]
    [InlineData("userName[value eq \"a\"]")]
    [InlineData("urn:x:unknown:name eq \"a\"")]
    [InlineData("password eq \"secret\"")]
    [InlineData("password pr")]
    [InlineData("title gt null")]
    [InlineData("__proto__ eq 1")]
    [InlineData("userName eq \"a\"; drop table users")]
    public async Task A_filter_that_is_not_understood_to_its_end_is_an_invalidFilter(string filter)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var answer = await client.FilterAsync(filter);
        var search = await client.PostAsync("/Users/.search", $$"""{{{SearchRequest}},"filter":{{JsonValue.Create(filter).ToJsonString()}}}""");

        answer.ShouldBeError(400, "invalidFilter");
        search.ShouldBeError(400, "invalidFilter");
    }

    [Fact]
    public async Task Filters_that_would_cost_too_much_are_an_invalidFilter()
    {
        var client = await host.CreateOrganizationAsync();
        string[] filters =
        [
            $"{new string('(', 10_000)}userName pr{new string(')', 10_000)}",
            $"{string.Concat(Enumerable.Repeat("not (", 2000))}userName pr{new string(')', 2000)}",
            string.Join(" and ", Enumerable.Repeat("userName pr", 500)),
            $"userName{string.Concat(Enumerable.Repeat(".a", 4000))} pr",
            $"userName eq \"{new string('a', 9000)}\"",
            new string('[', 8000),
            new string('\\', 8000),
        ];

        var answers = await Task.WhenAll(filters.Select(filter => client.PostAsync("/Users/.search", $$"""{{{SearchRequest}},"filter":{{JsonValue.Create(filter).ToJsonString()}}}""")));

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(400, "invalidFilter"));
        (await client.GetAsync("/Users")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("userName pr or userName eq \"x\"")]
    [InlineData("not (userName eq \"x\")")]
    [InlineData("id pr or not (id pr)")]
    [InlineData("userName sw \"\"")]
    [InlineData("userName ne \"x\"")]
    [InlineData("title eq null or title ne null")]
    public async Task No_filter_reaches_another_organization(string filter)
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        var foreign = await other.CreateUserAsync("bob", "\"externalId\":\"e1\"");

        var answer = await client.FilterAsync(filter);

        answer.UserNames.Should().Equal("ana");
        answer.TotalResults.Should().Be(1);
        (await client.FilterAsync($"id eq \"{foreign.Id}\" or externalId eq \"e1\"")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("startIndex=0", 1, "u1 u2 u3 u4 u5")]
    [InlineData("startIndex=-3", 1, "u1 u2 u3 u4 u5")]
    [InlineData("startIndex=-99999999999999999999", 1, "u1 u2 u3 u4 u5")]
    [InlineData("startIndex=3&count=2", 3, "u3 u4")]
    [InlineData("startIndex=5&count=2", 5, "u5")]
    [InlineData("startIndex=6", 6, "")]
    [InlineData("startIndex=1000", 1000, "")]
    [InlineData("count=0", 1, "")]
    [InlineData("count=-1", 1, "")]
    [InlineData("count=100000", 1, "u1 u2 u3 u4 u5")]
    [InlineData("count=2147483648", 1, "u1 u2 u3 u4 u5")]
    [InlineData("STARTINDEX=2&COUNT=1", 2, "u2")]
    [InlineData("unknownParam=1&aadOptscim062020", 1, "u1 u2 u3 u4 u5")]
    [InlineData("sortBy=userName&sortOrder=descending&count=5", 1, "u5 u4 u3 u2 u1")]
    public async Task A_page_starts_and_ends_where_the_client_asks(string query, int startIndex, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        await CreateAsync(client, 5);
        var names = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var answer = await client.GetAsync($"/Users?{query}");
        var filtered = await client.GetAsync($"/Users?filter=userName%20sw%20%22u%22&{query}");

        answer.UserNames.Should().Equal(names);
        answer.TotalResults.Should().Be(5);
        answer.Body["startIndex"]!.GetValue<int>().Should().Be(startIndex);
        answer.Body["itemsPerPage"]!.GetValue<int>().Should().Be(names.Length);
        filtered.Text.Should().Be(answer.Text);
    }

    [Theory]
    [InlineData("count=x")]
    [InlineData("count=")]
    [InlineData("count=1.5")]
    [InlineData("count=1e3")]
    [InlineData("startIndex=one")]
    [InlineData("startIndex=%201x")]
    [InlineData("count=1&count=2")]
    public async Task A_page_that_is_not_told_in_integers_is_an_invalidValue(string query)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Users?{query}");

        answer.ShouldBeError(400, "invalidValue");
    }

    [Fact]
    public async Task A_page_of_large_users_ends_early_and_the_next_goes_on_behind_it()
    {
        var client = await host.CreateOrganizationAsync();
        var large = string.Join(',', Enumerable.Range(0, 3).Select(index => $$"""{"value":"{{index}}","display":"{{new string('x', 60_000)}}"}"""));
        for (var index = 0; index < 30; index++)
        {
            await client.CreateUserAsync($"user{index:D2}", $"\"emails\":[{large}]");
        }

        var whole = await client.GetAsync("/Users");
        var filtered = await client.FilterAsync("userName sw \"user\"");
        var next = await client.GetAsync($"/Users?startIndex={whole.UserNames.Length + 1}");
        var last = await client.GetAsync($"/Users?startIndex={whole.UserNames.Length + next.UserNames.Length + 1}");

        whole.UserNames.Should().HaveCountGreaterThan(10).And.HaveCountLessThan(30);
        whole.TotalResults.Should().Be(30);
        whole.Body["itemsPerPage"]!.GetValue<int>().Should().Be(whole.UserNames.Length);
        filtered.TotalResults.Should().Be(30);
        filtered.UserNames.Should().Equal(whole.UserNames);
        whole.UserNames.Concat(next.UserNames).Concat(last.UserNames).Should().Equal(Enumerable.Range(0, 30).Select(index => $"user{index:D2}"));
    }

    [Fact]
    public async Task A_page_holds_no_more_than_maxResults()
    {
        var client = await host.CreateOrganizationAsync();
        await CreateAsync(client, 203);
        var config = await client.GetAsync("/ServiceProviderConfig");

        var most = await client.GetAsync("/Users?count=100000");
        var silent = await client.GetAsync("/Users");

        most.Resources.Count.Should().Be(config.Body["filter"]!["maxResults"]!.GetValue<int>()).And.Be(200);
        most.Body["itemsPerPage"]!.GetValue<int>().Should().Be(200);
        most.TotalResults.Should().Be(203);
        silent.Resources.Count.Should().Be(100);
    }

    [Fact]
    public async Task Paging_through_all_shows_each_user_once()
    {
        var client = await host.CreateOrganizationAsync();
        await CreateAsync(client, 23);
        var seen = new List<string>();

        for (var start = 1; start <= 23; start += 4)
        {
            seen.AddRange((await client.GetAsync($"/Users?startIndex={start}&count=4&filter=userName%20pr")).UserNames);
        }

        seen.Should().HaveCount(23).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task TotalResults_follows_creation_and_deletion()
    {
        var client = await host.CreateOrganizationAsync();
        await CreateAsync(client, 3);
        var gone = (await client.GetAsync("/Users?count=1")).Resources[0]!["id"]!.GetValue<string>();

        await client.DeleteAsync($"/Users/{gone}");

        (await client.GetAsync("/Users?count=0")).TotalResults.Should().Be(2);
        (await client.GetAsync("/Users?count=0&filter=userName%20pr")).TotalResults.Should().Be(2);
        (await client.PostAsync("/Users/.search", $"{{{SearchRequest}}}")).TotalResults.Should().Be(2);
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_project_each_resource()
    {
        var client = await host.CreateOrganizationAsync();
        var ana = await client.CreateUserAsync("ana", $$"""
            "title":"Lead","emails":[{"value":"a@x.com","type":"work"}],"{{Enterprise}}":{"department":"Labs"}
            """);

        var named = await client.GetAsync("/Users?attributes=userName,emails.value");
        var without = await client.GetAsync($"/Users?excludedAttributes=emails,meta,title,{Enterprise}");

        named.Resources.ShouldBeJson($$"""
            [{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{{Enterprise}}"],"id":"{{ana.Id}}","userName":"ana","emails":[{"value":"a@x.com"}]}]
            """);
        without.Resources[0]!.AsObject().Select(member => member.Key).Should().BeEquivalentTo("schemas", "id", "userName", "active", "role");
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_together_are_an_invalidValue()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync("/Users?attributes=userName&excludedAttributes=emails");
        var search = await client.PostAsync("/Users/.search", $$"""{{{SearchRequest}},"attributes":["userName"],"excludedAttributes":["emails"]}""");

        answer.ShouldBeError(400, "invalidValue");
        search.ShouldBeError(400, "invalidValue");
    }

    [Fact]
    public async Task A_search_takes_what_a_list_takes()
    {
        var client = await host.CreateOrganizationAsync();
        await CreateAsync(client, 5);

        var search = await client.PostAsync("/Users/.search?count=1&filter=nonsense", $$"""
            {{{SearchRequest}},"filter":"userName sw \"u\"","STARTINDEX":2,"count":2,"attributes":["userName"],"sortBy":"userName"}
            """);
        var list = await client.GetAsync("/Users?filter=userName%20sw%20%22u%22&startIndex=2&count=2&attributes=userName");

        search.Status.Should().Be(200);
        search.Text.Should().Be(list.Text);
        search.UserNames.Should().Equal("u2", "u3");
    }

    [Theory]
    [InlineData("{}", "invalidSyntax")]
    [InlineData("[]", "invalidSyntax")]
    [InlineData("", "invalidSyntax")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]}", "invalidSyntax")]
    [InlineData("{S,\"filter\":7}", "invalidSyntax")]
    [InlineData("{S,\"attributes\":[7]}", "invalidSyntax")]
    [InlineData("{S,\"count\":\"x\"}", "invalidValue")]
    [InlineData("{S,\"count\":1.5}", "invalidValue")]
    [InlineData("{S,\"startIndex\":1e400}", "invalidValue")]
    [InlineData("{S,\"count\":1,\"Count\":2}", "invalidSyntax")]
    public async Task A_search_of_the_wrong_shape_is_refused(string body, string scimType)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users/.search", body.Replace("{S", $"{{{SearchRequest}", StringComparison.Ordinal));

        answer.ShouldBeError(400, scimType);
    }

    private static async Task CreateAsync(ScimClient client, int count)
    {
        for (var index = 1; index <= count; index++)
        {
            await client.CreateUserAsync($"u{index}");
        }
    }
}
