using System.Text.Json;
using FluentAssertions;
using ScimSlice.Features.Discovery;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Discovery;

public sealed class GetServiceProviderConfigTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task It_is_one_object_with_all_required_members()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync("/ServiceProviderConfig");

        answer.Status.Should().Be(200);
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/scim+json");
        answer.Body["schemas"].ShouldBeJson("[\"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig\"]");
        foreach (var feature in (string[])["patch", "bulk", "filter", "changePassword", "sort", "etag"])
        {
            answer.Body[feature]!["supported"]!.GetValueKind().Should().BeOneOf(JsonValueKind.True, JsonValueKind.False);
        }

        answer.Body["bulk"]!["maxOperations"]!.GetValue<int>().Should().BeGreaterThanOrEqualTo(0);
        answer.Body["bulk"]!["maxPayloadSize"]!.GetValue<int>().Should().BeGreaterThanOrEqualTo(0);
        answer.Body["filter"]!["maxResults"]!.GetValue<int>().Should().BePositive();
        var schemes = answer.Body["authenticationSchemes"]!.AsArray();
        schemes.Select(scheme => scheme!["type"]!.GetValue<string>()).Should().Equal("oauthbearertoken", "oauth2");
        schemes.Should().OnlyContain(scheme => scheme!["name"]!.GetValue<string>().Length > 0 && scheme["description"]!.GetValue<string>().Length > 0);
        schemes[1]!["description"]!.GetValue<string>().Should().EndWith($"{client.BaseUrl[..^"/scim/v2".Length]}/oauth/token");
        answer.Body["meta"].ShouldBeJson($$"""{"resourceType":"ServiceProviderConfig","location":"{{client.BaseUrl}}/ServiceProviderConfig"}""");
    }

    [Fact]
    public async Task It_tells_what_is_served_and_what_is_not()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync("/ServiceProviderConfig");

        answer.Body["patch"]!["supported"]!.GetValue<bool>().Should().BeTrue();
        answer.Body["filter"]!["supported"]!.GetValue<bool>().Should().BeTrue();
        answer.Body["etag"]!["supported"]!.GetValue<bool>().Should().BeTrue();
        answer.Body["changePassword"]!["supported"]!.GetValue<bool>().Should().BeFalse();
        answer.Body["sort"]!["supported"]!.GetValue<bool>().Should().BeTrue();
        answer.Body["pagination"]!["index"]!.GetValue<bool>().Should().BeTrue();
        answer.Body["pagination"]!["cursor"]!.GetValue<bool>().Should().BeTrue();
        answer.Body["pagination"]!["cursorTimeout"]!.GetValue<int>().Should().Be(3600);
        answer.Body["pagination"]!["defaultPaginationMethod"]!.GetValue<string>().Should().Be("index");
        answer.Body["pagination"]!["maxPageSize"]!.GetValue<int>().Should().Be(answer.Body["filter"]!["maxResults"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("/ServiceProviderConfig?filter=patch.supported%20eq%20true")]
    [InlineData("/ServiceProviderConfig?FILTER=")]
    [InlineData("/ResourceTypes?filter=name%20eq%20%22User%22")]
    [InlineData("/ResourceTypes/User?filter=x")]
    [InlineData("/Schemas?filter=id%20pr")]
    [InlineData("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User?filter=x")]
    public async Task Discovery_takes_no_filter(string path)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync(path);

        answer.ShouldBeError(403);
    }

    [Theory]
    [InlineData("/ServiceProviderConfig")]
    [InlineData("/ResourceTypes")]
    [InlineData("/Schemas")]
    public async Task Discovery_passes_over_sorting_paging_and_projection(string path)
    {
        var client = await host.CreateOrganizationAsync();

        var plain = await client.GetAsync(path);
        var asked = await client.GetAsync($"{path}/?startIndex=2&count=0&sortBy=x&sortOrder=y&attributes=id&excludedAttributes=meta&unknown=1");

        asked.Status.Should().Be(200);
        asked.Text.Should().Be(plain.Text);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?filter=x", true)]
    [InlineData("?startIndex=1", false)]
    public void From_tells_whether_there_is_a_filter(string query, bool hasFilter)
    {
        var request = ScimRequests.Of(query: query);

        var read = GetServiceProviderConfig.From(request);

        read.HasFilter.Should().Be(hasFilter);
        new GetServiceProviderConfig.Validator().Validate(read).IsValid.Should().BeTrue();
    }
}
