using FluentAssertions;
using FluentValidation;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class CreateUserUnitTests(ScimHost host) : IClassFixture<ScimHost>
{
    private static CreateUser.Command From(string userName, string members = "", string query = "") =>
        CreateUser.From(ScimRequests.Of(ScimClient.User(userName, members), query: query));

    [Fact]
    public void From_reads_the_document_and_the_selection()
    {
        var request = ScimRequests.Of(ScimClient.User("ana", "\"title\":\"Lead\",\"id\":\"mine\",\"password\":\"secret\""), query: "?attributes=userName");

        var command = CreateUser.From(request);

        command.Document.Text("userName").Should().Be("ana");
        command.Document.Text("title").Should().Be("Lead");
        command.Document.Attributes["id"].Should().BeNull();
        command.Document.Attributes["password"].Should().BeNull();
        command.Selection.Should().NotBeNull();
    }

    [Fact]
    public void From_refuses_a_body_that_does_not_suit_the_schema()
    {
        var request = ScimRequests.Of(ScimClient.User("ana", "\"active\":\"perhaps\""));

        var reading = () => CreateUser.From(request);

        reading.Should().Throw<ScimException>().Which.ScimType.Should().Be("invalidValue");
    }

    [Theory]
    [InlineData("ana", true)]
    [InlineData(" ", false)]
    [InlineData("\\t", false)]
    public void The_validator_asks_for_a_userName(string userName, bool valid)
    {
        var command = From(userName);

        var result = new CreateUser.Validator().Validate(command);

        result.IsValid.Should().Be(valid);
    }

    [Fact]
    public async Task The_handler_stores_the_user_and_answers_201()
    {
        var client = await host.CreateOrganizationAsync();

        var response = await host.HandleAsync<CreateUser.Handler, CreateUser.Command>(client, From("ana", "\"title\":\"Lead\""));

        var single = response.Should().BeOfType<ScimResponse.Single>().Subject;
        single.Status.Should().Be(201);
        single.Resource.Version.Should().Be(1);
        var stored = await client.GetAsync($"/Users/{single.Resource.Id}");
        stored.Body["title"]!.GetValue<string>().Should().Be("Lead");
        stored.Body["role"]!.GetValue<string>().Should().Be("member");
    }

    [Fact]
    public async Task The_handler_takes_the_time_from_the_clock()
    {
        var client = await host.CreateOrganizationAsync();
        var before = host.Clock.GetUtcNow();

        var response = await host.HandleAsync<CreateUser.Handler, CreateUser.Command>(client, From("ana"));

        using var document = System.Text.Json.JsonDocument.Parse(((ScimResponse.Single)response).Resource.Document);
        var created = document.RootElement.GetProperty("meta").GetProperty("created").GetString();
        string.CompareOrdinal(created, DateTimeValue.Format(before)).Should().BeGreaterThanOrEqualTo(0);
        string.CompareOrdinal(created, DateTimeValue.Format(host.Clock.GetUtcNow())).Should().BeLessThanOrEqualTo(0);
    }

    [Fact]
    public async Task The_handler_refuses_a_userName_that_is_taken_and_stores_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var handling = () => host.HandleAsync<CreateUser.Handler, CreateUser.Command>(client, From("ANA"));

        (await handling.Should().ThrowAsync<ScimException>()).Which.Should().BeEquivalentTo(new { Status = 409, ScimType = "uniqueness" });
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }
}
