using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Features.Discovery;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Discovery;

public sealed class GetSchemaTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string User = "urn:ietf:params:scim:schemas:core:2.0:User";

    [Fact]
    public async Task The_user_schema_tells_what_holds_for_userName()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Schemas/{User}");

        var userName = Attribute(answer, "userName");
        userName["type"]!.GetValue<string>().Should().Be("string");
        userName["required"]!.GetValue<bool>().Should().BeTrue();
        userName["caseExact"]!.GetValue<bool>().Should().BeFalse();
        userName["uniqueness"]!.GetValue<string>().Should().Be("server");
        userName["multiValued"]!.GetValue<bool>().Should().BeFalse();
        Attribute(answer, "password")["returned"]!.GetValue<string>().Should().Be("never");
        Attribute(answer, "groups")["mutability"]!.GetValue<string>().Should().Be("readOnly");
    }

    [Theory]
    [InlineData("urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser")]
    [InlineData("URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User/")]
    public async Task A_URN_is_read_in_any_case_and_encoding(string urn)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Schemas/{urn}");

        answer.Status.Should().Be(200);
        answer.Id.Should().Be(User);
    }

    [Theory]
    [InlineData("urn:x:unknown")]
    [InlineData("urn:ietf:params:scim:api:messages:2.0:PatchOp")]
    [InlineData("User")]
    public async Task An_unknown_schema_is_404(string urn)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Schemas/{urn}");

        answer.ShouldBeError(404);
    }

    [Fact]
    public async Task The_values_of_role_are_the_organization_s_own()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, roles: ["boss", "staff"], defaultRole: "staff");
        var ruled = await host.CreateTokenAsync(client.Organization);

        var own = await ruled.GetAsync($"/Schemas/{User}");
        var shipped = await other.GetAsync($"/Schemas/{User}");
        var listed = (await ruled.GetAsync("/Schemas")).Resources.Single(schema => schema!["id"]!.GetValue<string>() == User);

        Attribute(own, "role")["canonicalValues"].ShouldBeJson("""["boss","staff"]""");
        Attribute(shipped, "role")["canonicalValues"].ShouldBeJson("""["owner","administrator","moderator","member","guest"]""");
        listed.ShouldBeJson(own.Text);
    }

    [Fact]
    public void From_reads_the_URN()
    {
        var query = GetSchema.From(ScimRequests.Of(id: User));

        query.Urn.Should().Be(User);
        new GetSchema.Validator().Validate(query).IsValid.Should().BeTrue();
    }

    private static JsonNode Attribute(ScimAnswer schema, string name) =>
        schema.Body["attributes"]!.AsArray().Single(attribute => attribute!["name"]!.GetValue<string>() == name)!;
}
