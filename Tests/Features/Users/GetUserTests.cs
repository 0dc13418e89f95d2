using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class GetUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    private const string Members = """
        "title":"Lead","name":{"givenName":"Ana","familyName":"Ruiz"},
        "emails":[{"value":"a@x.com","type":"work","primary":true},{"value":"b@x.com","type":"home"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Labs","costCenter":"7","manager":{"value":"m1"}}
        """;

    [Fact]
    public async Task A_user_is_answered_with_Location_Content_Location_and_ETag()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", Members);

        var answer = await client.GetAsync($"/Users/{created.Id}");

        answer.Status.Should().Be(200);
        answer.Text.Should().Be(created.Text);
        answer.Body["meta"]!["location"]!.GetValue<string>().Should().Be($"{client.BaseUrl}/Users/{created.Id}")
            .And.Be(answer.Headers.Location!.ToString()).And.Be(answer.ContentHeaders.ContentLocation!.ToString());
        answer.Tag.Should().Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0199c2a7-0000-7000-8000-000000000000")]
    [InlineData("%20")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("a%2Fb")]
    [InlineData("a'%20or%20'1'='1")]
    [InlineData("%22")]
    [InlineData("{id}")]
    [InlineData("%25")]
    [InlineData("a%0D%0AX-Evil:1")]
    public async Task An_id_that_no_user_has_is_404_however_it_looks(string id)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana");

        var answer = await client.GetAsync($"/Users/{id}");

        answer.ShouldBeError(404);
        answer.Headers.Contains("X-Evil").Should().BeFalse();
    }

    [Fact]
    public async Task An_id_is_compared_exactly()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.GetAsync($"/Users/{created.Id.ToUpperInvariant()}");

        answer.ShouldBeError(404);
        (await client.GetAsync($"/Users/{created.Id}")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_very_long_id_is_404_and_not_repeated_at_length()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.GetAsync($"/Users/{new string('x', 8000)}");

        answer.ShouldBeError(404);
        answer.Text.Length.Should().BeLessThan(500);
    }

    [Fact]
    public async Task A_user_of_another_organization_is_answered_as_one_that_does_not_exist()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        var foreign = await other.CreateUserAsync("ana");

        var answer = await client.GetAsync($"/Users/{foreign.Id}");
        var unknown = await client.GetAsync("/Users/0199c2a7-0000-7000-8000-000000000000");

        answer.ShouldBeError(404);
        answer.Text.Replace(foreign.Id, "ID", StringComparison.Ordinal)
            .Should().Be(unknown.Text.Replace("0199c2a7-0000-7000-8000-000000000000", "ID", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trailing_slash_and_unknown_parameters_change_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.GetAsync($"/Users/{created.Id}/?aadOptscim062020&unknown=1&filter=nonsense&sortBy=x&count=x");

        answer.Text.Should().Be(created.Text);
    }

    [Theory]
    [InlineData("attributes=userName", "{\"userName\":\"ana\"}")]
    [InlineData("attributes=USERNAME", "{\"userName\":\"ana\"}")]
    [InlineData("Attributes=userName", "{\"userName\":\"ana\"}")]
    [InlineData("attributes=userName,title", "{\"userName\":\"ana\",\"title\":\"Lead\"}")]
    [InlineData("attributes=userName%20,%20title", "{\"userName\":\"ana\",\"title\":\"Lead\"}")]
    [InlineData("attributes=userName&attributes=title", "{\"userName\":\"ana\",\"title\":\"Lead\"}")]
    [InlineData("attributes=name", "{\"name\":{\"givenName\":\"Ana\",\"familyName\":\"Ruiz\"}}")]
    [InlineData("attributes=name.givenName", "{\"name\":{\"givenName\":\"Ana\"}}")]
    [InlineData("attributes=name.givenName,name", "{\"name\":{\"givenName\":\"Ana\",\"familyName\":\"Ruiz\"}}")]
    [InlineData("attributes=emails.value", "{\"emails\":[{\"value\":\"a@x.com\"},{\"value\":\"b@x.com\"}]}")]
    [InlineData("attributes=urn:ietf:params:scim:schemas:core:2.0:User:title", "{\"title\":\"Lead\"}")]
    [InlineData("attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "{\"E\":{\"department\":\"Labs\"}}")]
    [InlineData("attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", "{\"E\":{\"manager\":{\"value\":\"m1\"}}}")]
    [InlineData("attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "{\"E\":{\"department\":\"Labs\",\"costCenter\":\"7\",\"manager\":{\"value\":\"m1\"}}}")]
    [InlineData("attributes=department", "{\"E\":{\"department\":\"Labs\"}}")]
    [InlineData("attributes=nickName", "{}")]
    [InlineData("attributes=nothing", "{}")]
    [InlineData("attributes=nothing,title", "{\"title\":\"Lead\"}")]
    [InlineData("attributes=password", "{}")]
    [InlineData("attributes=groups", "{}")]
    [InlineData("attributes=[[[", "{}")]
    [InlineData("attributes=__proto__", "{}")]
    [InlineData("attributes=id,schemas", "{}")]
    public async Task Attributes_selects_beside_what_is_always_returned(string query, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", Members);

        var answer = await client.GetAsync($"/Users/{created.Id}?{query}");

        answer.Status.Should().Be(200);
        answer.Id.Should().Be(created.Id);
        answer.Body["schemas"].ShouldBeJson($"[\"{Core}\",\"{Enterprise}\"]");
        var shown = answer.Body.AsObject();
        shown.Remove("id");
        shown.Remove("schemas");
        shown.ShouldBeJson(expected.Replace("\"E\"", $"\"{Enterprise}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Meta_is_selected_as_a_whole_or_by_sub_attribute()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var whole = await client.GetAsync($"/Users/{created.Id}?attributes=meta");
        var part = await client.GetAsync($"/Users/{created.Id}?attributes=meta.resourceType");

        whole.Body["meta"].ShouldBeJson(created.Body["meta"]!.ToJsonString());
        part.Body["meta"].ShouldBeJson("{\"resourceType\":\"User\"}");
    }

    [Theory]
    [InlineData("excludedAttributes=emails,id,schemas", "{\"title\":\"Lead\",\"name\":{\"givenName\":\"Ana\",\"familyName\":\"Ruiz\"},\"E\":{\"department\":\"Labs\",\"costCenter\":\"7\",\"manager\":{\"value\":\"m1\"}}}")]
    [InlineData("excludedAttributes=emails.value,name.familyName,E", "{\"title\":\"Lead\",\"name\":{\"givenName\":\"Ana\"},\"emails\":[{\"type\":\"work\",\"primary\":true},{\"type\":\"home\"}]}")]
    [InlineData("excludedAttributes=emails,name,title,E:department,E:costCenter", "{\"E\":{\"manager\":{\"value\":\"m1\"}}}")]
    public async Task ExcludedAttributes_leaves_out_but_never_what_is_always_returned(string query, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", Members);

        var answer = await client.GetAsync($"/Users/{created.Id}?{query.Replace("E:", $"{Enterprise}:", StringComparison.Ordinal).Replace(",E", $",{Enterprise}", StringComparison.Ordinal)}");

        answer.Id.Should().Be(created.Id);
        answer.Body["schemas"].Should().NotBeNull();
        answer.Body["meta"].Should().NotBeNull();
        answer.Rest.ShouldBeJson(expected.Replace("\"E\"", $"\"{Enterprise}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_together_are_an_invalidValue()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.GetAsync($"/Users/{created.Id}?attributes=userName&excludedAttributes=emails");

        answer.ShouldBeError(400, "invalidValue");
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("\"1\"")]
    [InlineData("*")]
    [InlineData("\"7\", {0}")]
    public async Task A_user_whose_version_the_client_has_is_not_sent_again(string ifNoneMatch)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.GetAsync($"/Users/{created.Id}", ("If-None-Match", ifNoneMatch.Replace("{0}", created.Tag, StringComparison.Ordinal)));

        answer.Status.Should().Be(304);
        answer.Text.Should().BeEmpty();
        answer.Tag.Should().Be(created.Tag);
    }

    [Fact]
    public async Task A_user_of_another_version_than_IfMatch_names_is_412()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        (await client.GetAsync($"/Users/{created.Id}", ("If-Match", "W/\"2\""))).ShouldBeError(412);
        (await client.GetAsync($"/Users/{created.Id}", ("If-Match", created.Tag!))).Status.Should().Be(200);
        (await client.GetAsync($"/Users/{created.Id}", ("If-Match", "*"))).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("W/\"7\"")]
    [InlineData("\"abc\"")]
    [InlineData("1")]
    [InlineData("\"\"")]
    public async Task A_user_of_another_version_than_the_client_has_is_sent(string ifNoneMatch)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.GetAsync($"/Users/{created.Id}", ("If-None-Match", ifNoneMatch));

        answer.Status.Should().Be(200);
        answer.Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task A_deactivated_user_stays_readable()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"active\":false");

        var answer = await client.GetAsync($"/Users/{created.Id}");

        answer.Status.Should().Be(200);
        answer.Body["active"]!.GetValue<bool>().Should().BeFalse();
    }
}
