using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Discovery;

public sealed class ListResourceTypesTests(ScimHost host) : IClassFixture<ScimHost>
{
    [Fact]
    public async Task All_resource_types_are_listed_unpaged()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync("/ResourceTypes");

        answer.Status.Should().Be(200);
        answer.Body["schemas"].ShouldBeJson("[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"]");
        answer.TotalResults.Should().Be(answer.Resources.Count).And.Be(answer.Body["itemsPerPage"]!.GetValue<int>());
        answer.Resources.Select(type => (type!["name"]!.GetValue<string>(), type["endpoint"]!.GetValue<string>())).Should().Contain(("User", "/Users"));
    }

    [Fact]
    public async Task Every_schema_that_a_resource_type_names_is_served()
    {
        var client = await host.CreateOrganizationAsync();
        var types = (await client.GetAsync("/ResourceTypes")).Resources;

        foreach (var type in types)
        {
            var urns = type!["schemaExtensions"]!.AsArray().Select(extension => extension!["schema"]!.GetValue<string>()).Append(type["schema"]!.GetValue<string>());
            foreach (var urn in urns)
            {
                var schema = await client.GetAsync($"/Schemas/{urn}");

                schema.Status.Should().Be(200);
                schema.Id.Should().Be(urn);
            }
        }
    }

    [Fact]
    public async Task Every_resource_type_is_served_at_its_endpoint()
    {
        var client = await host.CreateOrganizationAsync();

        foreach (var type in (await client.GetAsync("/ResourceTypes")).Resources)
        {
            (await client.GetAsync(type!["endpoint"]!.GetValue<string>())).Status.Should().Be(200);
        }
    }
}
