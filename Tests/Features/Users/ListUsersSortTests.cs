using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>RFC 7644 §3.4.2.3.</summary>
public sealed class ListUsersSortTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>Four users in the order of their creation, of whom <c>di</c> has nothing but a name.</summary>
    private async Task<ScimClient> PopulatedAsync()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("cy", $$$"""
            "externalId":"b","displayName":"Émile","title":"lead","role":"guest","name":{"familyName":"Olsen"},
            "emails":[{"value":"z@x","type":"home"},{"value":"B@x","type":"work","primary":true}],
            "{{{Enterprise}}}":{"department":"labs","manager":{"value":"2"}}
            """);
        await client.CreateUserAsync("Ann", $$$"""
            "externalId":"a","displayName":"zoe","title":"Agent","active":false,"name":{"familyName":"olsen"},
            "emails":[{"value":"c@x","type":"home"},{"value":"a@x","type":"work"}],
            "{{{Enterprise}}}":{"department":"Küche"}
            """);
        await client.CreateUserAsync("bo", $$$"""
            "externalId":"A","displayName":"Amy","title":"AGENT","role":"owner","name":{"givenName":"Bo"},"emails":[{"value":"A@x"}],
            "{{{Enterprise}}}":{"manager":{"value":"10"}}
            """);
        await client.CreateUserAsync("di");
        return client;
    }

    [Theory]
    [InlineData("userName", "Ann bo cy di")]
    [InlineData("USERNAME", "Ann bo cy di")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName", "Ann bo cy di")]
    [InlineData("externalId", "bo Ann cy di")]
    [InlineData("displayName", "bo Ann cy di")]
    [InlineData("title", "Ann bo cy di")]
    [InlineData("name.familyName", "cy Ann bo di")]
    [InlineData("emails.value", "bo cy Ann di")]
    [InlineData("emails", "bo cy Ann di")]
    [InlineData("emails.type", "Ann cy bo di")]
    [InlineData("active", "Ann cy bo di")]
    [InlineData("role", "cy Ann di bo")]
    [InlineData("department", "Ann cy bo di")]
    [InlineData($"{Enterprise}:department", "Ann cy bo di")]
    [InlineData($"{Enterprise}:manager.value", "bo cy Ann di")]
    [InlineData("id", "cy Ann bo di")]
    [InlineData("meta.created", "cy Ann bo di")]
    [InlineData("meta.lastModified", "cy Ann bo di")]
    [InlineData("meta.resourceType", "cy Ann bo di")]
    [InlineData("meta.location", "cy Ann bo di")]
    [InlineData("meta.version", "cy Ann bo di")]
    [InlineData("nickName", "cy Ann bo di")]
    [InlineData("groups", "cy Ann bo di")]
    public async Task A_list_is_in_the_order_of_an_attribute_and_its_descending_order_is_the_reverse(string sortBy, string expected)
    {
        var client = await PopulatedAsync();
        var order = expected.Split(' ');

        var ascending = await client.GetAsync($"/Users?sortBy={sortBy}");
        var descending = await client.GetAsync($"/Users?sortBy={sortBy}&sortOrder=Descending");

        ascending.UserNames.Should().Equal(order);
        descending.UserNames.Should().Equal(order.Reverse());
        for (var start = 1; start <= 5; start++)
        {
            (await client.GetAsync($"/Users?sortBy={sortBy}&startIndex={start}&count=2")).UserNames.Should().Equal(order.Skip(start - 1).Take(2));
            (await client.GetAsync($"/Users?sortBy={sortBy}&sortOrder=descending&startIndex={start}&count=2")).UserNames.Should().Equal(order.Reverse().Skip(start - 1).Take(2));
        }
    }

    [Fact]
    public async Task An_order_goes_with_a_filter_and_with_search()
    {
        var client = await PopulatedAsync();

        var list = await client.GetAsync("/Users?filter=title%20pr&sortBy=userName&sortOrder=descending&count=2&attributes=userName");
        var search = await client.PostAsync(
            "/Users/.search",
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"title pr","sortBy":"userName","sortOrder":"descending","count":2,"attributes":["userName"]}""");

        list.UserNames.Should().Equal("cy", "bo");
        list.TotalResults.Should().Be(3);
        search.Text.Should().Be(list.Text);
    }

    [Theory]
    [InlineData("sortOrder=sideways")]
    [InlineData("sortOrder=descending")]
    [InlineData("sortBy=&sortOrder=sideways")]
    public async Task Without_an_attribute_the_order_is_ours(string query)
    {
        var client = await PopulatedAsync();

        (await client.GetAsync($"/Users?{query}")).UserNames.Should().Equal("cy", "Ann", "bo", "di");
    }

    [Theory]
    [InlineData("sortBy=favouriteColour", "favouriteColour")]
    [InlineData("sortBy=emails.colour", "emails.colour")]
    [InlineData("sortBy=name", "name.familyName")]
    [InlineData("sortBy=meta", "name.familyName")]
    [InlineData("sortBy=addresses", "name.familyName")]
    [InlineData($"sortBy={Enterprise}", "such as")]
    [InlineData("sortBy=password", "cannot be sorted by")]
    [InlineData("sortBy=schemas", "cannot be sorted by")]
    [InlineData("sortBy=title%20desc", "no attribute")]
    [InlineData("sortBy=emails%5Btype%20eq%20%22work%22%5D.value", "no attribute")]
    [InlineData("sortBy=title&sortOrder=sideways", "ascending or descending")]
    [InlineData("sortBy=title&sortBy=userName", "2 times")]
    public async Task What_cannot_be_sorted_by_is_invalidValue(string query, string detail)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Users?{query}");

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain(detail);
    }

    [Fact]
    public async Task Numbers_in_text_and_letters_beyond_the_alphabet_order_by_code_points()
    {
        var client = await host.CreateOrganizationAsync();
        foreach (var (name, title) in ((string, string)[])[("a", "10"), ("b", "9"), ("c", "\ud83d\ude00"), ("d", "\uffee"), ("e", "Ä"), ("f", "z")])
        {
            await client.CreateUserAsync(name, $"\"title\":\"{title}\"");
        }

        (await client.GetAsync("/Users?sortBy=title")).UserNames.Should().Equal("a", "b", "f", "e", "d", "c");
    }
}
