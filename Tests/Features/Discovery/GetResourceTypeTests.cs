using FluentAssertions;
using ScimSlice.Features.Discovery;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Discovery;

public sealed class GetResourceTypeTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task A_resource_type_names_its_endpoint_schema_and_extensions()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync("/ResourceTypes/User");

        answer.Status.Should().Be(200);
        answer.Body.ShouldBeJson($$"""
            {
              "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
              "id": "User", "name": "User", "endpoint": "/Users", "description": "User account",
              "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
              "schemaExtensions": [{"schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "required": false}],
              "meta": {"resourceType": "ResourceType", "location": "{{client.BaseUrl}}/ResourceTypes/User"}
            }
            """);
        (await client.GetAsync("/ResourceTypes")).Resources.Single(type => type!["id"]!.GetValue<string>() == "User").ShouldBeJson(answer.Text);
    }

    [Theory]
    [InlineData("Nope")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User")]
    [InlineData("%20")]
    public async Task An_unknown_resource_type_is_404(string name)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/ResourceTypes/{name}");

        answer.ShouldBeError(404);
    }

    [Fact]
    public void From_reads_the_name()
    {
        var query = GetResourceType.From(ScimRequests.Of(id: "User"));

        query.Name.Should().Be("User");
        new GetResourceType.Validator().Validate(query).IsValid.Should().BeTrue();
    }
}
