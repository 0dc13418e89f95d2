using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class CreateUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact]
    public async Task A_created_user_is_answered_with_its_representation_and_location()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana@example.com", "\"displayName\":\"Ana\""));

        answer.Status.Should().Be(201);
        answer.Headers.Location!.ToString().Should().Be($"{client.BaseUrl}/Users/{answer.Id}").And.Be(answer.Body["meta"]!["location"]!.GetValue<string>());
        answer.ContentHeaders.ContentLocation!.ToString().Should().Be(answer.Headers.Location!.ToString());
        answer.ContentHeaders.ContentType!.ToString().Should().Be("application/scim+json");
        answer.Tag.Should().Be("W/\"1\"").And.Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        answer.Body["meta"]!["resourceType"]!.GetValue<string>().Should().Be("User");
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().Be(answer.Body["meta"]!["lastModified"]!.GetValue<string>());
        (await client.GetAsync($"/Users/{answer.Id}")).Text.Should().Be(answer.Text);
    }

    [Fact]
    public async Task A_user_has_an_id_of_its_own_and_names_its_schemas_once()
    {
        var client = await host.CreateOrganizationAsync();

        var first = await client.PostAsync("/Users", $$"""{"schemas":["{{Core}}","{{Core.ToUpperInvariant()}}","{{Enterprise}}"],"userName":"ana"}""");
        var second = await client.CreateUserAsync("bob");

        first.Status.Should().Be(201);
        first.Body["schemas"].ShouldBeJson($"[\"{Core}\"]");
        first.Id.Should().NotBe(second.Id).And.NotContain("bulkId");
    }

    [Theory]
    [InlineData("ana@example.com", "ANA@Example.com")]
    [InlineData("jürgen", "JÜRGEN")]
    [InlineData("jürgen", "ju\u0308rgen")]
    [InlineData("ana", "ａｎａ")]
    public async Task A_userName_differing_only_in_case_or_form_is_taken(string first, string second)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync(first);

        var answer = await client.PostAsync("/Users", ScimClient.User(second));

        answer.ShouldBeError(409, "uniqueness");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_userName_of_a_deactivated_user_is_taken()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", "\"active\":false");

        var answer = await client.PostAsync("/Users", ScimClient.User("ana"));

        answer.ShouldBeError(409, "uniqueness");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
    }

    [Fact]
    public async Task A_userName_is_taken_in_its_own_organization_only()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        await other.CreateUserAsync("ana");

        var answer = await client.PostAsync("/Users", ScimClient.User("ana"));

        answer.Status.Should().Be(201);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(1);
        (await other.GetAsync($"/Users/{answer.Id}")).ShouldBeError(404);
    }

    [Fact]
    public async Task Of_twenty_users_of_one_userName_at_once_one_is_created()
    {
        var client = await host.CreateOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => client.PostAsync("/Users", ScimClient.User(index % 2 == 0 ? "ana" : "ANA"))));

        answers.Count(answer => answer.Status == 201).Should().Be(1);
        answers.Where(answer => answer.Status != 201).Should().OnlyContain(answer => answer.Status == 409 && answer.ScimType == "uniqueness");
        var all = await client.GetAsync("/Users");
        all.TotalResults.Should().Be(1);
        all.Resources.Should().ContainSingle();
    }

    [Fact]
    public async Task An_externalId_may_be_that_of_another_user()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("ana", "\"externalId\":\"hr-17\"");

        var answer = await client.PostAsync("/Users", ScimClient.User("bob", "\"externalId\":\"hr-17\""));

        answer.Status.Should().Be(201);
        (await client.FilterAsync("externalId eq \"hr-17\"")).UserNames.Should().Equal("ana", "bob");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("../../Users")]
    [InlineData("%2e%2e%2f")]
    [InlineData("' or 1=1 --")]
    public async Task An_externalId_stands_for_nothing_but_itself(string externalId)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("admin");

        var created = await client.CreateUserAsync("ana", $"\"externalId\":\"{externalId}\"");

        created.Body["externalId"]!.GetValue<string>().Should().Be(externalId);
        (await client.FilterAsync($"externalId eq \"{externalId}\"")).UserNames.Should().Equal("ana");
        (await client.GetAsync($"/Users/{Uri.EscapeDataString(externalId)}")).ShouldBeError(404);
    }

    [Fact]
    public async Task An_externalId_that_is_another_user_s_id_stands_for_nothing_but_itself()
    {
        var client = await host.CreateOrganizationAsync();
        var admin = await client.CreateUserAsync("admin");

        var created = await client.CreateUserAsync("ana", $"\"externalId\":\"{admin.Id}\"");

        (await client.GetAsync($"/Users/{admin.Id}")).Text.Should().Be(admin.Text);
        (await client.FilterAsync($"externalId eq \"{admin.Id}\"")).Resources.Single()!["id"]!.GetValue<string>().Should().Be(created.Id);
    }

    [Theory]
    [InlineData("userName", 512, 201)]
    [InlineData("userName", 513, 400)]
    [InlineData("externalId", 512, 201)]
    [InlineData("externalId", 4096, 400)]
    public async Task A_userName_and_an_externalId_have_512_characters_at_most(string attribute, int length, int status)
    {
        var client = await host.CreateOrganizationAsync();
        var text = new string('a', length);

        var answer = await client.PostAsync("/Users", attribute == "userName" ? ScimClient.User(text) : ScimClient.User("ana", $"\"externalId\":\"{text}\""));

        answer.Status.Should().Be(status);
        answer.ScimType.Should().Be(status == 400 ? "invalidValue" : null);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(status == 201 ? 1 : 0);
    }

    [Fact]
    public async Task Values_of_readOnly_attributes_are_passed_over()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", $$$"""
            "id":"mine","meta":{"resourceType":"Group","version":"W/\"9\"","created":"2001-01-01T00:00:00Z"},
            "groups":[{"value":"g1"}],"{{{Enterprise}}}":{"department":"Labs","manager":{"value":"m1","displayName":"Kim"}}
            """));

        answer.Status.Should().Be(201);
        answer.Id.Should().NotBe("mine");
        answer.Body["meta"]!["resourceType"]!.GetValue<string>().Should().Be("User");
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().NotStartWith("2001");
        answer.Tag.Should().Be("W/\"1\"");
        (await client.GetAsync($"/Users/{answer.Id}")).Rest.ShouldBeJson($$$$"""{"{{{{Enterprise}}}}":{"department":"Labs","manager":{"value":"m1"}}}""");
    }

    [Theory]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":null}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"  \"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":[]}")]
    public async Task A_user_without_a_userName_is_an_invalidValue(string body)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", body);

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain("userName");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("{\"userName\":\"ana\"}")]
    [InlineData("{\"schemas\":[],\"userName\":\"ana\"}")]
    [InlineData("{\"schemas\":null,\"userName\":\"ana\"}")]
    [InlineData("{\"schemas\":\"urn:ietf:params:scim:schemas:core:2.0:User\",\"userName\":\"ana\"}")]
    [InlineData("{\"schemas\":[7],\"userName\":\"ana\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"userName\":\"ana\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"],\"userName\":\"ana\"}")]
    public async Task A_user_without_its_core_schema_is_an_invalidSyntax(string body)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", body);

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("{\"userName\":\"ana\"")]
    [InlineData("[]")]
    [InlineData("\"ana\"")]
    [InlineData("null")]
    public async Task A_body_that_is_no_JSON_object_is_an_invalidSyntax(string body)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", body);

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("\"active\":\"yes\"", "active")]
    [InlineData("\"active\":1", "active")]
    [InlineData("\"name\":\"Ana\"", "name")]
    [InlineData("\"emails\":\"ana\",\"name\":7", "name")]
    [InlineData("\"emails\":[[{\"value\":\"a\"}]]", "emails")]
    [InlineData("\"emails\":[{\"value\":{\"a\":1}}]", "emails[0].value")]
    [InlineData("\"displayName\":{\"a\":1}", "displayName")]
    [InlineData("\"displayName\":[\"a\",\"b\"]", "displayName")]
    [InlineData("\"x509Certificates\":[{\"value\":\"not base64!\"}]", "x509Certificates[0].value")]
    [InlineData("\"password\":{\"a\":1}", "password")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":\"Labs\"", "enterprise")]
    public async Task A_value_of_the_wrong_type_is_an_invalidValue_that_is_named(string members, string named)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", members));

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain(named);
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task All_invalid_values_are_told_together()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"active":"yes","name":7,"role":"king"}""");

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().ContainAll("active", "name", "role", "userName");
    }

    [Fact]
    public async Task Two_primary_values_are_an_invalidValue()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", "\"emails\":[{\"value\":\"a@x.com\",\"primary\":true},{\"value\":\"b@x.com\",\"primary\":true}]"));

        answer.ShouldBeError(400, "invalidValue");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task Names_are_read_in_any_case_and_returned_as_the_schema_spells_them()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", $$$"""
            {"SCHEMAS":["{{{Core}}}"],"USERNAME":"ana","NAME":{"GIVENNAME":"Ana"},"Emails":[{"VALUE":"a@x.com"}],"{{{Enterprise.ToUpperInvariant()}}}":{"Department":"Labs"}}
            """);

        answer.Status.Should().Be(201);
        answer.Body["userName"]!.GetValue<string>().Should().Be("ana");
        (await client.GetAsync($"/Users/{answer.Id}")).Rest.ShouldBeJson(
            $$$"""{"name":{"givenName":"Ana"},"emails":[{"value":"a@x.com"}],"{{{Enterprise}}}":{"department":"Labs"}}""");
    }

    [Theory]
    [InlineData("\"TITLE\":\"a\",\"title\":\"b\"")]
    [InlineData("\"UserName\":\"bob\"")]
    [InlineData("\"name\":{\"givenName\":\"a\",\"GivenName\":\"b\"}")]
    [InlineData("\"emails\":[{\"value\":\"a\",\"VALUE\":\"b\"}]")]
    [InlineData("\"nothing\":1,\"Nothing\":2")]
    public async Task A_name_given_twice_in_whatever_case_is_an_invalidSyntax(string members)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", members));

        answer.ShouldBeError(400, "invalidSyntax");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task An_extension_is_stored_under_its_URN_which_stands_in_schemas()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", $$$$"""
            {"schemas":["{{{{Core}}}}","{{{{Enterprise}}}}"],"userName":"ana","{{{{Enterprise}}}}":{"employeeNumber":"701984","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}
            """);

        answer.Status.Should().Be(201);
        answer.Body["schemas"].ShouldBeJson($"[\"{Core}\",\"{Enterprise}\"]");
        (await client.GetAsync($"/Users/{answer.Id}")).Rest.ShouldBeJson(
            $$$$"""{"{{{{Enterprise}}}}":{"employeeNumber":"701984","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}""");
    }

    [Fact]
    public async Task Null_and_an_empty_list_leave_an_attribute_unassigned()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", $$"""
            "title":null,"emails":[],"name":{"givenName":null},"addresses":[null,{}],"{{Enterprise}}":{"department":null}
            """));

        answer.Status.Should().Be(201);
        answer.Body["schemas"].ShouldBeJson($"[\"{Core}\"]");
        (await client.GetAsync($"/Users/{answer.Id}")).Rest.ShouldBeJson("{}");
    }

    [Fact]
    public async Task Names_are_stored_as_sent_and_nothing_is_computed()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", "\"name\":{\"givenName\":\"Añá\",\"familyName\":\"O'Malley \\\"x\\\" 😀\"}"));

        answer.Status.Should().Be(201);
        (await client.GetAsync($"/Users/{answer.Id}")).Rest.ShouldBeJson("{\"name\":{\"givenName\":\"Añá\",\"familyName\":\"O'Malley \\\"x\\\" 😀\"}}");
    }

    [Fact]
    public async Task Unknown_attributes_are_passed_over()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", "\"__proto__\":{\"role\":\"owner\"},\"constructor\":1,\"$type\":\"System.IO.FileInfo\",\"title\":\"Lead\",\"name\":{\"x\":1}"));

        answer.Status.Should().Be(201);
        answer.Body["role"]!.GetValue<string>().Should().Be("member");
        (await client.GetAsync($"/Users/{answer.Id}")).Rest.ShouldBeJson("{\"title\":\"Lead\"}");
    }

    [Theory]
    [InlineData("userName")]
    [InlineData("displayName")]
    public async Task A_key_that_grows_beyond_its_bytes_when_it_is_folded_is_an_invalidValue_of_its_attribute(string attribute)
    {
        // Normalization takes this letter apart and does not put it together again: three bytes become six.
        var text = new string('\uFB2C', 400);
        var client = await host.CreateOrganizationAsync();
        var user = await client.CreateUserAsync("ana");

        var created = await client.PostAsync("/Users", attribute == "userName" ? ScimClient.User(text) : ScimClient.User("bob", $"\"displayName\":\"{text}\""));
        var patched = await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"replace","path":"{{attribute}}","value":"{{text}}"}""");

        ((ScimAnswer[])[created, patched]).Should().AllSatisfy(answer =>
        {
            answer.ShouldBeError(400, "invalidValue");
            answer.Detail.Should().Contain(attribute).And.Contain("2048 bytes");
        });
        (await client.PatchAsync($"/Users/{user.Id}", $$"""{"op":"replace","path":"{{attribute}}","value":"{{text[..50]}}"}""")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_password_is_never_returned_and_never_stored()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users?attributes=password,userName", ScimClient.User("ana", "\"password\":\"canary-Tr0ub4dor\""));

        answer.Status.Should().Be(201);
        answer.Text.Should().NotContain("password").And.NotContain("canary");
        (await client.GetAsync($"/Users/{answer.Id}?attributes=password")).Text.Should().NotContain("password");
        (await client.GetAsync("/Users")).Text.Should().NotContain("password");
        host.ReadDatabase().Should().Contain("ana").And.NotContain("canary-Tr0ub4dor");
    }

    [Fact]
    public async Task A_token_is_not_found_in_the_database()
    {
        var client = await host.CreateOrganizationAsync();

        var token = client.Authorization!["Bearer ".Length..];

        await client.CreateUserAsync("ana");

        host.ReadDatabase().Should().Contain("ana").And.NotContain(token);
    }

    [Fact]
    public async Task A_user_is_active_unless_the_client_says_otherwise()
    {
        var client = await host.CreateOrganizationAsync();

        var silent = await client.CreateUserAsync("ana");
        var inactive = await client.CreateUserAsync("bob", "\"active\":false");
        var text = await client.CreateUserAsync("eve", "\"active\":\"False\"");

        silent.Body["active"]!.GetValue<bool>().Should().BeTrue();
        inactive.Body["active"]!.GetValue<bool>().Should().BeFalse();
        text.Body["active"]!.GetValue<bool>().Should().BeFalse();
        (await client.FilterAsync("active eq false")).UserNames.Should().Equal("bob", "eve");
    }

    [Fact]
    public async Task A_user_without_a_role_is_a_member()
    {
        var client = await host.CreateOrganizationAsync();

        var silent = await client.CreateUserAsync("ana");
        var nothing = await client.CreateUserAsync("bob", "\"role\":null");

        silent.Body["role"]!.GetValue<string>().Should().Be("member");
        nothing.Body["role"]!.GetValue<string>().Should().Be("member");
        (await client.FilterAsync("role eq \"member\"")).UserNames.Should().Equal("ana", "bob");
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("administrator")]
    [InlineData("moderator")]
    [InlineData("member")]
    [InlineData("guest")]
    [InlineData("Administrator")]
    public async Task A_role_of_the_catalogue_is_stored_as_sent(string role)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.CreateUserAsync("ana", $"\"role\":\"{role}\"");

        answer.Body["role"]!.GetValue<string>().Should().Be(role);
        (await client.FilterAsync($"role eq \"{role.ToUpperInvariant()}\"")).UserNames.Should().Equal("ana");
    }

    [Theory]
    [InlineData("\"king\"")]
    [InlineData("7")]
    [InlineData("[\"owner\",\"member\"]")]
    public async Task A_role_outside_the_catalogue_is_an_invalidValue(string role)
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", $"\"role\":{role}"));

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().Contain("role");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Fact]
    public async Task The_error_for_an_unknown_role_lists_the_five_that_there_are()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users", ScimClient.User("ana", "\"role\":\"king\""));

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().ContainAll("owner", "administrator", "moderator", "member", "guest");
    }

    [Fact]
    public async Task An_organization_has_its_own_roles_and_default_role()
    {
        var client = await host.CreateOrganizationAsync();
        var other = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, roles: ["boss", "staff"], defaultRole: "staff");
        await Eventually.BeAsync(async () => (await client.GetAsync("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")).Text.Contains("boss", StringComparison.Ordinal));

        var silent = await client.CreateUserAsync("ana");
        var boss = await client.CreateUserAsync("bob", "\"role\":\"boss\"");
        var refused = await client.PostAsync("/Users", ScimClient.User("eve", "\"role\":\"owner\""));

        silent.Body["role"]!.GetValue<string>().Should().Be("staff");
        boss.Body["role"]!.GetValue<string>().Should().Be("boss");
        refused.ShouldBeError(400, "invalidValue");
        refused.Detail.Should().ContainAll("boss", "staff").And.NotContain("guest");
        (await other.CreateUserAsync("ana")).Body["role"]!.GetValue<string>().Should().Be("member");
    }

    [Theory]
    [InlineData("ana@example.com", true)]
    [InlineData("ana@EXAMPLE.com", true)]
    [InlineData("ana@example.org", true)]
    [InlineData("ana@sub.example.com", false)]
    [InlineData("ana@example.com.evil.org", false)]
    [InlineData("ana@evil.org?@example.com ", false)]
    [InlineData("ana@notexample.com", false)]
    [InlineData("example.com", false)]
    [InlineData("ana", false)]
    public async Task A_userName_lies_in_the_e_mail_domains_of_its_organization(string userName, bool allowed)
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, emailDomains: ["example.com", "Example.org"]);

        var answer = await client.PostAsync("/Users", ScimClient.User(userName));

        answer.Status.Should().Be(allowed ? 201 : 400);
        answer.ScimType.Should().Be(allowed ? null : "invalidValue");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(allowed ? 1 : 0);
    }

    [Fact]
    public async Task The_answer_is_projected_by_attributes_and_still_has_a_Location()
    {
        var client = await host.CreateOrganizationAsync();

        var named = await client.PostAsync("/Users?attributes=userName", ScimClient.User("ana", "\"title\":\"Lead\""));
        var without = await client.PostAsync("/Users?excludedAttributes=title,meta", ScimClient.User("bob", "\"title\":\"Lead\""));

        named.Status.Should().Be(201);
        named.Body.ShouldBeJson($$"""{"schemas":["{{Core}}"],"id":"{{named.Id}}","userName":"ana"}""");
        named.Headers.Location!.ToString().Should().EndWith(named.Id);
        without.Body.ShouldBeJson($$"""{"schemas":["{{Core}}"],"id":"{{without.Id}}","userName":"bob","active":true,"role":"member"}""");
        (await client.GetAsync($"/Users/{named.Id}")).Body["title"]!.GetValue<string>().Should().Be("Lead");
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_together_create_nothing()
    {
        var client = await host.CreateOrganizationAsync();

        var answer = await client.PostAsync("/Users?attributes=userName&excludedAttributes=emails", ScimClient.User("ana"));

        answer.ShouldBeError(400, "invalidValue");
        (await client.GetAsync("/Users")).TotalResults.Should().Be(0);
    }

    [Theory]
    [InlineData("\"active\":\"True\"")]
    [InlineData("\"title\":7")]
    [InlineData("\"emails\":{\"value\":\"a@x.com\"}")]
    public async Task A_strict_organization_understands_no_deviations(string members)
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("lenient", members);
        await host.ChangeRulesAsync(client, strict: true);
        var strict = await host.CreateTokenAsync(client.Organization);

        var answer = await strict.PostAsync("/Users", ScimClient.User("ana", members));

        answer.ShouldBeError(400, "invalidValue");
        (await client.GetAsync("/Users")).UserNames.Should().Equal("lenient");
    }
}
