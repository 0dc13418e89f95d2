using FluentAssertions;
using ScimSlice.Features.Organizations;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

/// <summary>RFC 7644 §7.5.2, EID 6893.</summary>
public sealed class SensitiveFilterTests(ScimHost host) : IClassFixture<ScimHost>
{
    private async Task<ScimClient> CarefulAsync()
    {
        var client = await host.CreateOrganizationAsync();
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Sensitive: ["emails.value", "name.familyName", "department", "phoneNumbers", "urn:ietf:params:scim:schemas:core:2.0:User:addresses"]));
        client = await host.CreateTokenAsync(client.Organization);
        await client.CreateUserAsync("ana", "\"name\":{\"familyName\":\"Ruiz\"},\"emails\":[{\"value\":\"a@x\",\"type\":\"work\"}]");
        return client;
    }

    [Theory]
    [InlineData("emails.value eq \"a@x\"")]
    [InlineData("emails co \"a@\"")]
    [InlineData("emails[type eq \"work\" and value eq \"a@x\"]")]
    [InlineData("emails[type eq \"work\"].value eq \"a@x\"")]
    [InlineData("userName eq \"ana\" and not (NAME.FAMILYNAME pr)")]
    [InlineData("active eq true or name.familyName sw \"R\"")]
    [InlineData("name[familyName eq \"Ruiz\"]")]
    [InlineData("phoneNumbers.display eq \"x\"")]
    [InlineData("phoneNumbers[type eq \"work\"]")]
    [InlineData("addresses.country eq \"DE\"")]
    [InlineData("name pr")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq null")]
    [InlineData("emails pr")]
    public async Task A_filter_in_the_URL_that_names_a_sensitive_attribute_is_403_and_goes_by_search(string filter)
    {
        var client = await CarefulAsync();

        var refused = await client.FilterAsync(filter);
        var search = await client.PostAsync(
            "/Users/.search",
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":{{System.Text.Json.JsonSerializer.Serialize(filter)}}}""");

        refused.ShouldBeError(403, "sensitive");
        refused.Detail.Should().Contain("/Users/.search").And.NotContain("a@x").And.NotContain("Ruiz");
        search.Status.Should().Be(200);
    }

    [Theory]
    [InlineData("userName eq \"ana\"")]
    [InlineData("emails[type eq \"work\"]")]
    [InlineData("emails.type eq \"work\"")]
    [InlineData("name.givenName eq null")]
    public async Task Other_filters_stay_in_the_URL(string filter)
    {
        var client = await CarefulAsync();

        (await client.FilterAsync(filter)).UserNames.Should().Equal("ana");
    }

    [Fact]
    public async Task A_whole_extension_can_be_sensitive()
    {
        var client = await host.CreateOrganizationAsync();
        await host.SendAsync(new ChangeOrganization.Command(client.Organization, Sensitive: ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "name"]));
        client = await host.CreateTokenAsync(client.Organization);

        foreach (var filter in (string[])["department eq \"x\"", "manager.value eq \"x\"", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr", "name.givenName eq \"x\""])
        {
            (await client.FilterAsync(filter)).ShouldBeError(403, "sensitive");
        }
    }

    [Fact]
    public async Task Unless_an_organization_says_so_nothing_is_sensitive()
    {
        var client = await host.CreateOrganizationAsync();

        (await client.FilterAsync("emails.value eq \"a@x\"")).Status.Should().Be(200);
    }
}
