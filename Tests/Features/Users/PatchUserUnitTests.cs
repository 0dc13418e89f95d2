using FluentAssertions;
using ScimSlice.Features.Users;
using ScimSlice.Infrastructure.Scim.Patching;
using ScimSlice.Infrastructure.Scim.Protocol;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class PatchUserUnitTests(ScimHost host) : IClassFixture<ScimHost>
{
    private static PatchUser.Command From(string id, string operations, string? ifMatch = null) => PatchUser.From(ScimRequests.Of(
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""", id, ifMatch: ifMatch));

    [Fact]
    public void From_reads_the_operations_and_spells_path_less_ones_out()
    {
        var command = From("42", """{"op":"Add","path":"title","value":"Lead"},{"op":"replace","value":{"nickName":"An","active":true}}""", ifMatch: "*");

        command.Id.Should().Be("42");
        command.Preconditions.IfMatch.Should().Be("*");
        command.Patch.Operations.Select(operation => (operation.Action, operation.Path.ToString())).Should().Equal(
            (PatchAction.Add, "title"), (PatchAction.Replace, "nickName"), (PatchAction.Replace, "active"));
    }

    [Theory]
    [InlineData("""{"op":"copy","path":"title","value":"x"}""", "invalidSyntax")]
    [InlineData("""{"op":"remove"}""", "noTarget")]
    [InlineData("""{"op":"add","path":"title"}""", "invalidValue")]
    [InlineData("""{"op":"add","path":"a..b","value":"x"}""", "invalidPath")]
    public void From_refuses_what_is_no_operation(string operation, string scimType)
    {
        var reading = () => From("42", operation);

        reading.Should().Throw<ScimException>().Which.ScimType.Should().Be(scimType);
    }

    [Fact]
    public void The_validator_bounds_the_number_of_operations()
    {
        var one = From("42", """{"op":"add","path":"title","value":"Lead"}""");
        var many = one with { Patch = new PatchRequest([.. Enumerable.Repeat(one.Patch.Operations[0], ScimLimits.Ceiling.MaxPatchOperations + 1)]) };

        var validator = new PatchUser.Validator();

        validator.Validate(one).IsValid.Should().BeTrue();
        validator.Validate(many).IsValid.Should().BeFalse();
    }

    [Fact]
    public async Task The_handler_changes_the_user_and_raises_its_version()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var response = await host.HandleAsync<PatchUser.Handler, PatchUser.Command>(client, From(created.Id, """{"op":"add","path":"title","value":"Lead"}"""));

        response.Should().BeOfType<ScimResponse.Single>().Which.Resource.Version.Should().Be(2);
        (await client.GetAsync($"/Users/{created.Id}")).Rest.ShouldBeJson("{\"title\":\"Lead\"}");
    }

    [Fact]
    public async Task The_handler_leaves_the_row_alone_where_nothing_changes()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");

        var response = await host.HandleAsync<PatchUser.Handler, PatchUser.Command>(client, From(created.Id, """{"op":"add","path":"title","value":"Lead"}"""));

        response.Should().BeOfType<ScimResponse.Single>().Which.Resource.Version.Should().Be(1);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task The_handler_refuses_another_version()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var handling = () => host.HandleAsync<PatchUser.Handler, PatchUser.Command>(client, From(created.Id, """{"op":"add","path":"title","value":"Lead"}""", ifMatch: "W/\"2\""));

        (await handling.Should().ThrowAsync<ScimException>()).Which.Status.Should().Be(412);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }
}
