using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Discovery;

public sealed class ListSchemasTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task All_schemas_are_listed_unpaged_and_no_message()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync("/Schemas");

        answer.Status.Should().Be(200);
        answer.TotalResults.Should().Be(answer.Resources.Count).And.Be(answer.Body["itemsPerPage"]!.GetValue<int>());
        var urns = answer.Resources.Select(schema => schema!["id"]!.GetValue<string>()).ToArray();
        urns.Should().OnlyHaveUniqueItems()
            .And.Contain(["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"])
            .And.NotContain(urn => urn.Contains("messages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_is_the_schema_that_is_served_under_its_URN()
    {
        var client = await host.CreateOrganizationAsync();

        foreach (var schema in (await client.GetAsync("/Schemas")).Resources)
        {
            var alone = await client.GetAsync($"/Schemas/{schema!["id"]!.GetValue<string>()}");

            alone.Status.Should().Be(200);
            alone.Body.ShouldBeJson(schema.ToJsonString());
            alone.Body["schemas"].ShouldBeJson("[\"urn:ietf:params:scim:schemas:core:2.0:Schema\"]");
            alone.Body["meta"].ShouldBeJson($$"""{"resourceType":"Schema","location":"{{client.BaseUrl}}/Schemas/{{alone.Id}}"}""");
        }
    }
}
