using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class CreateUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_created_user_is_answered_with_its_representation_and_location()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana@example.com", "\"displayName\":\"Ana\""));

        answer.Status.Should().Be(201);
        answer.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/Users/{answer.Id}").And.Be(answer.Body["meta"]!["location"]!.GetValue<string>());
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/scim+json");
        answer.Tag.Should().Be("W/\"1\"").And.Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        (await client.GetAsync($"/Users/{answer.Id}")).Text.Should().Be(answer.Text);
    }

    [Theory]
    [InlineData("ana@example.com", "ANA@Example.com")]
    [InlineData("jürgen", "JÜRGEN")]
    [InlineData("jürgen", "ju\u0308rgen")]
    [InlineData("ana", "ａｎａ")]
    public async Task A_userName_differing_only_in_case_or_form_is_taken(string first, string second)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync(first);

        var answer = await client.PostAsync("/Users", ScimClient.User(second));

        answer.Status.Should().Be(409);
        answer.ScimType.Should().Be("uniqueness");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }
}
