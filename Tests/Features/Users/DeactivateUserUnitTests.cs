using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class DeactivateUserUnitTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public void From_reads_the_id_and_the_preconditions()
    {
        var request = ScimRequests.Of(id: "42", ifMatch: "W/\"1\"", ifNoneMatch: "W/\"2\"");

        var command = DeactivateUser.From(request);

        command.Should().Be(new DeactivateUser.Command("42", new Preconditions("W/\"1\"", "W/\"2\"")));
    }

    [Fact]
    public void The_validator_lets_any_id_be_named()
    {
        var command = DeactivateUser.From(ScimRequests.Of(id: "../x"));

        var result = new DeactivateUser.Validator().Validate(command);

        result.IsValid.Should().BeTrue();
    }

    [Fact]
    public async Task The_handler_takes_the_user_out_of_sight()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var response = await host.HandleAsync<DeactivateUser.Handler, DeactivateUser.Command>(client, DeactivateUser.From(ScimRequests.Of(id: created.Id)));

        response.Should().BeOfType<ScimResponse.NoContent>();
        (await client.GetAsync($"/Users/{created.Id}")).ShouldBeError(404);
    }

    [Theory]
    [InlineData("W/\"9\"", 412)]
    [InlineData(null, 404)]
    public async Task The_handler_refuses_another_version_and_an_unknown_id(string? ifMatch, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        var command = DeactivateUser.From(ScimRequests.Of(id: ifMatch is null ? "unknown" : created.Id, ifMatch: ifMatch));

        var handling = () => host.HandleAsync<DeactivateUser.Handler, DeactivateUser.Command>(client, command);

        (await handling.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(status);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }
}
