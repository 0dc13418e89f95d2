using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class GetUserUnitTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public void From_reads_the_id_the_selection_and_the_precondition()
    {
        var request = ScimRequests.Of(id: "42", query: "?attributes=userName", ifNoneMatch: "W/\"1\"");

        var query = GetUser.From(request);

        query.Id.Should().Be("42");
        query.IfNoneMatch.Should().Be("W/\"1\"");
        query.Selection.Should().NotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("../x")]
    public void The_validator_lets_any_id_be_asked_for(string id)
    {
        var query = GetUser.From(ScimRequests.Of(id: id));

        var result = new GetUser.Validator().Validate(query);

        result.IsValid.Should().BeTrue();
    }

    [Fact]
    public async Task The_handler_finds_the_user()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var response = await host.AskAsync<GetUser.Handler, GetUser.Query>(client, GetUser.From(ScimRequests.Of(id: created.Id)));

        response.Should().BeOfType<ScimResponse.Single>().Which.Resource.Id.Should().Be(created.Id);
    }

    [Fact]
    public async Task The_handler_answers_304_for_the_version_that_the_client_has()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var response = await host.AskAsync<GetUser.Handler, GetUser.Query>(client, GetUser.From(ScimRequests.Of(id: created.Id, ifNoneMatch: created.Tag)));

        response.Should().BeOfType<ScimResponse.NotModified>();
    }

    [Fact]
    public async Task The_handler_finds_no_user_of_another_organization()
    {
        var client = await host.CreateOrganizationAsync();
        var foreign = await (await host.CreateOrganizationAsync()).CreateUserAsync("ana");

        var asking = () => host.AskAsync<GetUser.Handler, GetUser.Query>(client, GetUser.From(ScimRequests.Of(id: foreign.Id)));

        (await asking.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(404);
    }
}
