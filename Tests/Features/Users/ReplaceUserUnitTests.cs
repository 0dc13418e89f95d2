using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class ReplaceUserUnitTests(ScimHost host) : IClassFixture<ScimHost>
{
    private static ReplaceUser.Command From(string id, string userName, string members = "", string? ifMatch = null) =>
        ReplaceUser.From(ScimRequests.Of(ScimClient.User(userName, members), id, ifMatch: ifMatch));

    [Fact]
    public void From_takes_the_id_from_the_path_and_not_from_the_body()
    {
        var command = From("42", "ana", "\"id\":\"7\"", ifMatch: "W/\"3\"");

        command.Id.Should().Be("42");
        command.Document.Attributes["id"].Should().BeNull();
        command.Preconditions.IfMatch.Should().Be("W/\"3\"");
    }

    [Fact]
    public void The_validator_asks_for_a_userName()
    {
        var blank = From("42", " ");
        var named = From("42", "ana");

        var validator = new ReplaceUser.Validator();

        validator.Validate(blank).IsValid.Should().BeFalse();
        validator.Validate(named).IsValid.Should().BeTrue();
    }

    [Fact]
    public async Task The_handler_replaces_the_user_and_raises_its_version()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");

        var response = await host.HandleAsync<ReplaceUser.Handler, ReplaceUser.Command>(client, From(created.Id, "ana", "\"nickName\":\"An\""));

        response.Should().BeOfType<ScimResponse.Single>().Which.Resource.Version.Should().Be(2);
        (await client.GetAsync($"/Users/{created.Id}")).Rest.ShouldBeJson("{\"nickName\":\"An\"}");
    }

    [Theory]
    [InlineData("W/\"9\"", 412)]
    [InlineData(null, 404)]
    public async Task The_handler_refuses_another_version_and_an_unknown_id(string? ifMatch, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var handling = () => host.HandleAsync<ReplaceUser.Handler, ReplaceUser.Command>(client, From(ifMatch is null ? "unknown" : created.Id, "bob", ifMatch: ifMatch));

        (await handling.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(status);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }
}
