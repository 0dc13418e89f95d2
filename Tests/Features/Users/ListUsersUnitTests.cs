using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Schemas;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class ListUsersUnitTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public void From_reads_filter_page_and_selection_of_the_query_string()
    {
        var request = ScimRequests.Of(query: "?filter=userName%20eq%20%22ana%22&startIndex=3&count=7&attributes=title");

        var query = ListUsers.From(request);

        query.Filter.Should().BeOfType<Filter.Comparison>();
        query.Page.Should().Be(new Page(3, 7));
        query.Selection.Should().NotBeNull();
    }

    [Fact]
    public void FromSearch_reads_the_same_of_the_body()
    {
        var body = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"ana\"","startIndex":3,"count":7}""";

        var query = ListUsers.FromSearch(ScimRequests.Of(body, query: "?count=1"));

        query.Filter!.ToString().Should().Be("userName eq \"ana\"");
        query.Page.Should().Be(new Page(3, 7));
        query.Selection.Should().BeNull();
    }

    [Fact]
    public void From_without_parameters_asks_for_the_first_page()
    {
        var query = ListUsers.From(ScimRequests.Of());

        query.Filter.Should().BeNull();
        query.Page.Should().Be(new Page(1, ScimLimits.Default.DefaultPageSize));
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(1, 1000, true)]
    [InlineData(1, 1001, false)]
    [InlineData(0, 1, false)]
    [InlineData(1, -1, false)]
    public void The_validator_bounds_the_page(int startIndex, int count, bool valid)
    {
        var query = new ListUsers.Query(SchemaRegistry.BuiltIn.User, null, new Page(startIndex, count), null, new PublicUrls(""));

        var result = new ListUsers.Validator().Validate(query);

        result.IsValid.Should().Be(valid);
    }

    [Fact]
    public async Task The_handler_answers_with_a_page_and_the_number_of_all_matches()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");
        await client.CreateUserAsync("ann");
        await client.CreateUserAsync("bob");

        var response = await host.AskAsync<ListUsers.Handler, ListUsers.Query>(client, ListUsers.From(ScimRequests.Of(query: "?filter=userName%20sw%20%22a%22&count=1")));

        var list = response.Should().BeOfType<ScimResponse.List>().Subject.Content;
        list.TotalResults.Should().Be(2);
        list.Resources.Should().ContainSingle();
    }
}
