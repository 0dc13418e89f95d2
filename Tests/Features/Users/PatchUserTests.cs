using FluentAssertions;
using ScimSlice.Tests.Support;
using Xunit;

namespace ScimSlice.Tests.Features.Users;

public sealed class PatchUserTests(ScimHost host) : IClassFixture<ScimHost>
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>What the user has before, the operations, what it has after. E stands for the enterprise extension's URN.</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        // add
        { "", """{"op":"add","path":"nickName","value":"An"}""", """{"nickName":"An"}""" },
        { "\"title\":\"Lead\"", """{"op":"add","path":"title","value":"Head"}""", """{"title":"Head"}""" },
        { "", """{"op":"add","path":"Core:title","value":"Lead"}""", """{"title":"Lead"}""" },
        { "", """{"op":"add","path":"NAME.GIVENNAME","value":"Ana"}""", """{"name":{"givenName":"Ana"}}""" },
        { "\"name\":{\"familyName\":\"Ruiz\"}", """{"op":"add","path":"name","value":{"givenName":"Ana"}}""", """{"name":{"familyName":"Ruiz","givenName":"Ana"}}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]", """{"op":"add","path":"emails","value":[{"value":"b","type":"home"},{"value":"c"}]}""", """{"emails":[{"value":"a","type":"work"},{"value":"b","type":"home"},{"value":"c"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]", """{"op":"add","path":"emails","value":{"value":"b"}}""", """{"emails":[{"value":"a","type":"work"},{"value":"b"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]", """{"op":"add","path":"emails","value":[{"value":"A","type":"WORK"}]}""", """{"emails":[{"value":"a","type":"work"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"primary\":true}]", """{"op":"add","path":"emails","value":[{"value":"b","primary":true}]}""", """{"emails":[{"value":"a","primary":false},{"value":"b","primary":true}]}""" },
        { "", """{"op":"add","value":{"title":"Lead","name":{"givenName":"Ana"},"emails":[{"value":"a"}]}}""", """{"title":"Lead","name":{"givenName":"Ana"},"emails":[{"value":"a"}]}""" },
        { "\"emails\":[{\"value\":\"a\"}]", """{"op":"add","value":{"emails":[{"value":"b"}]}}""", """{"emails":[{"value":"a"},{"value":"b"}]}""" },
        { "", """{"op":"add","value":{"E":{"department":"Labs"},"unknown":1}}""", """{"E":{"department":"Labs"}}""" },
        { "", """{"op":"add","path":"E:employeeNumber","value":"7"}""", """{"E":{"employeeNumber":"7"}}""" },
        { "\"E\":{\"costCenter\":\"1\"}", """{"op":"add","path":"E","value":{"department":"Labs"}}""", """{"E":{"costCenter":"1","department":"Labs"}}""" },
        { "", """{"op":"add","path":"emails[type eq \"work\"].value","value":"a"}""", """{"emails":[{"type":"work","value":"a"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]", """{"op":"add","path":"emails[type eq \"work\"]","value":{"display":"A"}}""", """{"emails":[{"value":"a","type":"work","display":"A"}]}""" },

        // replace
        { "", """{"op":"replace","path":"title","value":"Lead"}""", """{"title":"Lead"}""" },
        { "", """{"op":"replace","value":{"title":"Lead"}}""", """{"title":"Lead"}""" },
        { "\"emails\":[{\"value\":\"a\"},{\"value\":\"b\"}]", """{"op":"replace","path":"emails","value":[{"value":"c"}]}""", """{"emails":[{"value":"c"}]}""" },
        { "\"emails\":[{\"value\":\"a\"}]", """{"op":"replace","path":"emails","value":[]}""", "{}" },
        { "\"name\":{\"givenName\":\"Ana\",\"familyName\":\"R\"}", """{"op":"replace","path":"name","value":{"familyName":"Ruiz"}}""", """{"name":{"givenName":"Ana","familyName":"Ruiz"}}""" },
        { "\"name\":{\"givenName\":\"Ana\",\"middleName\":\"M\"}", """{"op":"replace","value":{"name":{"middleName":null}}}""", """{"name":{"givenName":"Ana"}}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"b\",\"type\":\"work\"},{\"value\":\"c\",\"type\":\"home\"}]", """{"op":"replace","path":"emails[type eq \"work\"].display","value":"W"}""", """{"emails":[{"value":"a","type":"work","display":"W"},{"value":"b","type":"work","display":"W"},{"value":"c","type":"home"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"c\",\"type\":\"home\"}]", """{"op":"replace","path":"emails[type eq \"work\"].value","value":"b"}""", """{"emails":[{"value":"b","type":"work"},{"value":"c","type":"home"}]}""" },
        { "\"emails\":[{\"value\":\"a\"},{\"value\":\"b\"}]", """{"op":"replace","path":"emails.type","value":"work"}""", """{"emails":[{"value":"a","type":"work"},{"value":"b","type":"work"}]}""" },
        { "\"addresses\":[{\"type\":\"work\",\"country\":\"US\"}]", """{"op":"replace","path":"addresses[type eq \"work\"]","value":{"type":"work","country":"FR","locality":"Lyon"}}""", """{"addresses":[{"type":"work","country":"FR","locality":"Lyon"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\"}]", """{"op":"replace","path":"emails[value eq \"b\"].primary","value":true}""", """{"emails":[{"value":"a","primary":false},{"value":"b","primary":true}]}""" },
        { "\"E\":{\"manager\":{\"value\":\"m1\"}}", """{"op":"replace","path":"E:manager","value":"m2"}""", """{"E":{"manager":{"value":"m2"}}}""" },
        { "\"E\":{\"manager\":{\"value\":\"m1\"}}", """{"op":"replace","path":"E:manager","value":""}""", "{}" },
        { "\"title\":\"Lead\"", """{"op":"replace","path":"title","value":null}""", "{}" },
        { "", """{"op":"Replace","path":"title","value":"Lead"}""", """{"title":"Lead"}""" },
        { "", """{"op":"replace","value":{"name.givenName":"Ana","E:department":"Labs"}}""", """{"name":{"givenName":"Ana"},"E":{"department":"Labs"}}""" },
        { "", """{"op":"replace","path":"emails[type eq \"work\"].value","value":"a"}""", """{"emails":[{"type":"work","value":"a"}]}""" },

        // remove
        { "\"title\":\"Lead\"", """{"op":"remove","path":"title"}""", "{}" },
        { "", """{"op":"remove","path":"title"}""", "{}" },
        { "\"emails\":[{\"value\":\"a\"},{\"value\":\"b\"}]", """{"op":"remove","path":"emails"}""", "{}" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"b\",\"type\":\"home\"}]", """{"op":"remove","path":"emails[type eq \"work\"]"}""", """{"emails":[{"value":"b","type":"home"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]", """{"op":"remove","path":"emails[type eq \"home\"]"}""", """{"emails":[{"value":"a","type":"work"}]}""" },
        { "\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]", """{"op":"remove","path":"emails[type eq \"work\"].type"}""", """{"emails":[{"value":"a"}]}""" },
        { "\"emails\":[{\"type\":\"work\"}]", """{"op":"remove","path":"emails[type eq \"work\"].type"}""", "{}" },
        { "\"emails\":[{\"value\":\"a\"},{\"value\":\"b\"}]", """{"op":"Remove","path":"emails","value":[{"value":"b"}]}""", """{"emails":[{"value":"a"}]}""" },
        { "\"emails\":[{\"value\":\"a\"}]", """{"op":"remove","path":"emails","value":[]}""", """{"emails":[{"value":"a"}]}""" },
        { "\"name\":{\"givenName\":\"Ana\"}", """{"op":"remove","path":"name.givenName"}""", "{}" },
        { "\"E\":{\"department\":\"Labs\",\"costCenter\":\"1\"}", """{"op":"remove","path":"E:department"}""", """{"E":{"costCenter":"1"}}""" },
        { "\"E\":{\"department\":\"Labs\"}", """{"op":"remove","path":"E"}""", "{}" },
        { "\"E\":{\"department\":\"Labs\"}", """{"op":"remove","path":"schemas[value eq \"E\"]"}""", "{}" },

        // in order, each on what the one before left
        { "", """{"op":"add","path":"emails","value":[{"value":"a","type":"work"}]},{"op":"replace","path":"emails[type eq \"work\"].value","value":"b"},{"op":"add","path":"title","value":"x"},{"op":"remove","path":"title"}""", """{"emails":[{"value":"b","type":"work"}]}""" },
    };

    /// <summary>Operations that are refused, on a user with two e-mail addresses and a title.</summary>
    public static TheoryData<string, string> Refusals => new()
    {
        { """{"op":"move","path":"title","value":"x"}""", "invalidSyntax" },
        { """{"path":"title","value":"x"}""", "invalidSyntax" },
        { """{"op":7,"path":"title","value":"x"}""", "invalidSyntax" },
        { "7", "invalidSyntax" },
        { """{"op":"add","Op":"remove","path":"title","value":"x"}""", "invalidSyntax" },
        { """{"op":"add","path":"title"}""", "invalidValue" },
        { """{"op":"replace","path":"title"}""", "invalidValue" },
        { """{"op":"add","value":"x"}""", "invalidValue" },
        { """{"op":"replace","value":[{"title":"x"}]}""", "invalidValue" },
        { """{"op":"remove"}""", "noTarget" },
        { """{"op":"remove","value":{"title":"Lead"}}""", "noTarget" },
        { """{"op":"replace","path":"emails[type eq \"nope\"].value","value":"x"}""", "noTarget" },
        { """{"op":"replace","path":"emails[value co \"zzz\"].type","value":"x"}""", "noTarget" },
        { """{"op":"replace","path":"phoneNumbers.type","value":"work"}""", "noTarget" },
        { """{"op":"add","path":"emails[","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"emails[0].value","value":"x"}""", "" },
        { """{"op":"add","path":"name..givenName","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"name.givenName.x","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"nothing","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"__proto__.x","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"constructor.prototype","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"title[value eq \"x\"]","value":"x"}""", "invalidPath" },
        { """{"op":"add","path":7,"value":"x"}""", "invalidPath" },
        { """{"op":"add","path":"urn:x:unknown:title","value":"x"}""", "invalidPath" },
        { """{"op":"remove","path":"userName"}""", "mutability" },
        { """{"op":"replace","path":"userName","value":""}""", "invalidValue" },
        { """{"op":"replace","path":"userName","value":null}""", "invalidValue" },
        { """{"op":"replace","path":"userName","value":"  "}""", "invalidValue" },
        { """{"op":"replace","path":"id","value":"x"}""", "mutability" },
        { """{"op":"replace","path":"meta.created","value":"2001-01-01T00:00:00Z"}""", "mutability" },
        { """{"op":"remove","path":"meta"}""", "mutability" },
        { """{"op":"add","path":"groups","value":[{"value":"g1"}]}""", "mutability" },
        { """{"op":"replace","path":"groups[value eq \"g1\"].value","value":"g2"}""", "mutability" },
        { """{"op":"replace","value":{"id":"another"}}""", "mutability" },
        { """{"op":"add","value":{"groups":[{"value":"g1"}]}}""", "mutability" },
        { """{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName","value":"Kim"}""", "mutability" },
        { """{"op":"replace","path":"schemas","value":["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]}""", "mutability" },
        { """{"op":"remove","path":"schemas"}""", "mutability" },
        { """{"op":"add","path":"schemas","value":["urn:x:unknown"]}""", "invalidValue" },
        { """{"op":"replace","path":"active","value":"yes"}""", "invalidValue" },
        { """{"op":"replace","path":"name","value":7}""", "invalidValue" },
        { """{"op":"replace","path":"role","value":"king"}""", "invalidValue" },
        { """{"op":"add","path":"emails","value":[{"value":"x","primary":true},{"value":"y","primary":true}]}""", "invalidValue" },
        { """{"op":"replace","path":"emails[value pr].primary","value":true}""", "invalidValue" },
        { """{"op":"replace","path":"password","value":{"a":1}}""", "invalidValue" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Operations_change_what_they_name_and_keep_the_rest(string members, string operations, string expected)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", Spelled(members));

        var answer = await client.PatchAsync($"/Users/{created.Id}", Spelled(operations));

        answer.Status.Should().Be(200, answer.Text);
        answer.Rest.ShouldBeJson(Spelled(expected));
        answer.Tag.Should().Be(answer.Rest.ToJsonString() == created.Rest.ToJsonString() ? created.Tag : "W/\"2\"");
        var hasExtension = answer.Rest.ContainsKey(Enterprise);
        answer.Body["schemas"].ShouldBeJson(hasExtension ? $"[\"{Core}\",\"{Enterprise}\"]" : $"[\"{Core}\"]");
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(answer.Text);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_operation_undoes_the_whole_request(string operation, string scimType)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"title\":\"Lead\",\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"b\",\"type\":\"home\"}]");

        var answer = await client.PatchAsync($"/Users/{created.Id}", $$"""{"op":"replace","path":"nickName","value":"canary"},{{operation}}""");

        answer.ShouldBeError(400, scimType.Length > 0 ? scimType : answer.ScimType);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Theory]
    [InlineData("{\"Operations\":[]}", "invalidSyntax")]
    [InlineData("{\"schemas\":[],\"Operations\":[]}", "invalidSyntax")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"Operations\":[{\"op\":\"remove\",\"path\":\"title\"}]}", "invalidSyntax")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]}", "invalidSyntax")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":{}}", "invalidSyntax")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":null}", "invalidSyntax")]
    [InlineData("[]", "invalidSyntax")]
    [InlineData("", "invalidSyntax")]
    public async Task A_body_that_is_no_PatchOp_is_refused(string body, string scimType)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"title\":\"Lead\"");

        var answer = await client.SendAsync("PATCH", $"/Users/{created.Id}", body);

        answer.ShouldBeError(400, scimType);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task Message_members_are_read_in_any_case()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.SendAsync("PATCH", $"/Users/{created.Id}", """
            {"SCHEMAS":["urn:ietf:params:scim:api:messages:2.0:PATCHOP"],"operations":[{"OP":"ADD","PATH":"Title","VALUE":"Lead"}]}
            """);

        answer.Status.Should().Be(200, answer.Text);
        (await client.GetAsync($"/Users/{created.Id}")).Rest.ShouldBeJson("{\"title\":\"Lead\"}");
    }

    [Fact]
    public async Task No_operations_change_nothing_and_are_refused_by_a_strict_organization()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var lenient = await client.PatchAsync($"/Users/{created.Id}", "");
        await host.ChangeRulesAsync(client, strict: true);
        var strict = await (await host.CreateTokenAsync(client.Organization)).PatchAsync($"/Users/{created.Id}", "");

        lenient.Status.Should().Be(200);
        lenient.Text.Should().Be(created.Text);
        strict.ShouldBeError(400, "invalidSyntax");
    }

    [Theory]
    [InlineData("""{"op":"add","path":"title","value":"Lead"}""")]
    [InlineData("""{"op":"replace","path":"title","value":"Lead"}""")]
    [InlineData("""{"op":"add","path":"emails","value":[{"value":"a","type":"work"}]}""")]
    [InlineData("""{"op":"replace","value":{"name":{"givenName":"Ana"}}}""")]
    [InlineData("""{"op":"remove","path":"nickName"}""")]
    [InlineData("""{"op":"replace","path":"title","value":"x"},{"op":"replace","path":"title","value":"Lead"}""")]
    [InlineData("""{"op":"replace","path":"password","value":"canary"}""")]
    [InlineData("""{"op":"remove","path":"active"}""")]
    [InlineData("""{"op":"replace","value":{"active":true,"unknown":1}}""")]
    public async Task A_change_that_changes_nothing_keeps_version_and_lastModified(string operations)
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana", "\"title\":\"Lead\",\"name\":{\"givenName\":\"Ana\"},\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await client.PatchAsync($"/Users/{created.Id}", operations);

        answer.Status.Should().Be(200, answer.Text);
        answer.Text.Should().Be(created.Text);
        answer.Tag.Should().Be(created.Tag);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task A_change_raises_version_and_lastModified_once_and_keeps_id_and_created()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await client.PatchAsync($"/Users/{created.Id}", """{"op":"add","path":"title","value":"a"},{"op":"add","path":"nickName","value":"b"}""");

        answer.Tag.Should().Be("W/\"2\"").And.Be(answer.Body["meta"]!["version"]!.GetValue<string>());
        answer.Body["meta"]!["created"]!.GetValue<string>().Should().Be(created.Body["meta"]!["created"]!.GetValue<string>());
        string.CompareOrdinal(answer.Body["meta"]!["lastModified"]!.GetValue<string>(), created.Body["meta"]!["lastModified"]!.GetValue<string>()).Should().BePositive();
        answer.Headers.Location!.ToString().Should().Be(created.Headers.Location!.ToString());
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(answer.Text);
    }

    [Fact]
    public async Task A_client_may_repeat_the_id_and_meta_that_the_user_has()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.PatchAsync(
            $"/Users/{created.Id}", $$$"""{"op":"replace","value":{"id":"{{{created.Id}}}","meta":{"resourceType":"User"},"groups":[],"title":"Lead"}}""");

        answer.Status.Should().Be(200, answer.Text);
        (await client.GetAsync($"/Users/{created.Id}")).Rest.ShouldBeJson("{\"title\":\"Lead\"}");
    }

    [Fact]
    public async Task Active_is_set_by_PATCH_and_cannot_be_unassigned()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var off = await client.PatchAsync($"/Users/{created.Id}", """{"op":"Replace","value":{"active":"False"}}""");
        var cleared = await client.PatchAsync($"/Users/{created.Id}", """{"op":"remove","path":"active"}""");
        var read = await client.GetAsync($"/Users/{created.Id}");
        var on = await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"active","value":true}""");

        off.Body["active"]!.GetValue<bool>().Should().BeFalse();
        cleared.Text.Should().Be(off.Text).And.Be(read.Text);
        on.Body["active"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task A_role_that_is_not_in_the_catalogue_is_refused_with_those_that_are()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"role","value":"king"}""");

        answer.ShouldBeError(400, "invalidValue");
        answer.Detail.Should().ContainAll("owner", "administrator", "moderator", "member", "guest");
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task A_user_that_does_not_exist_here_is_404()
    {
        var client = await host.CreateOrganizationAsync();
        var foreign = await (await host.CreateOrganizationAsync()).CreateUserAsync("ana");

        var unknown = await client.PatchAsync("/Users/unknown", """{"op":"replace","path":"title","value":"x"}""");
        var other = await client.PatchAsync($"/Users/{foreign.Id}", """{"op":"replace","path":"title","value":"x"}""", ("If-Match", "*"));

        unknown.ShouldBeError(404);
        other.ShouldBeError(404);
    }

    [Fact]
    public async Task A_userName_of_another_user_is_taken()
    {
        var client = await host.CreateOrganizationAsync();
        await client.CreateUserAsync("bob");
        var ana = await client.CreateUserAsync("ana");

        var answer = await client.PatchAsync($"/Users/{ana.Id}", """{"op":"replace","path":"userName","value":"BOB"}""");

        answer.ShouldBeError(409, "uniqueness");
        (await client.GetAsync($"/Users/{ana.Id}")).Text.Should().Be(ana.Text);
    }

    [Fact]
    public async Task IfMatch_lets_only_the_version_that_it_names_be_changed()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var first = await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"title","value":"a"}""", ("If-Match", created.Tag!));
        var stale = await client.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"title","value":"b"}""", ("If-Match", created.Tag!));

        first.Status.Should().Be(200);
        stale.ShouldBeError(412);
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(first.Text);
    }

    [Fact]
    public async Task The_answer_is_projected_by_attributes_and_excludedAttributes()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var named = await client.PatchAsync($"/Users/{created.Id}?attributes=userName", """{"op":"add","path":"title","value":"Lead"}""");
        var without = await client.PatchAsync($"/Users/{created.Id}?excludedAttributes=title,meta", """{"op":"add","path":"title","value":"Head"}""");

        named.Status.Should().Be(200);
        named.Body.ShouldBeJson($$"""{"schemas":["{{Core}}"],"id":"{{created.Id}}","userName":"ana"}""");
        without.Body.ShouldBeJson($$"""{"schemas":["{{Core}}"],"id":"{{created.Id}}","userName":"ana","active":true,"role":"member"}""");
        (await client.GetAsync($"/Users/{created.Id}")).Rest.ShouldBeJson("{\"title\":\"Head\"}");
    }

    [Fact]
    public async Task A_later_e_mail_domain_rule_checks_a_changed_userName_only()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana@old.com");
        await host.ChangeRulesAsync(client, emailDomains: ["new.com"]);
        var ruled = await host.CreateTokenAsync(client.Organization);

        var deactivated = await ruled.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"active","value":false}""");
        var same = await ruled.PatchAsync($"/Users/{created.Id}", """{"op":"replace","value":{"userName":"ana@old.com","title":"Lead"}}""");
        var refused = await ruled.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"userName","value":"bob@old.com"}""");
        var moved = await ruled.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"userName","value":"ana@new.com"}""");

        deactivated.Status.Should().Be(200);
        same.Status.Should().Be(200);
        refused.ShouldBeError(400, "invalidValue");
        moved.Status.Should().Be(200);
        (await ruled.GetAsync($"/Users/{created.Id}")).Text.Should().Be(moved.Text);
    }

    [Fact]
    public async Task Fifty_changes_of_different_attributes_at_once_all_survive()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(index => client.PatchAsync(
            $"/Users/{created.Id}", $$$"""{"op":"add","path":"emails","value":[{"value":"e{{{index}}}@x.com","type":"t{{{index}}}"}]}""")));

        answers.Should().OnlyContain(answer => answer.Status == 200);
        var read = await client.GetAsync($"/Users/{created.Id}");
        read.Tag.Should().Be("W/\"51\"");
        read.Body["emails"]!.AsArray().Select(email => email!["value"]!.GetValue<string>())
            .Should().BeEquivalentTo(Enumerable.Range(0, 50).Select(index => $"e{index}@x.com"));
    }

    [Fact]
    public async Task Changes_of_fifty_different_attributes_at_once_all_survive()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        string[] paths =
        [
            "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone", "externalId", "profileUrl",
            "name.formatted", "name.familyName", "name.givenName", "name.middleName", "name.honorificPrefix", "name.honorificSuffix",
            .. ((string[])["employeeNumber", "costCenter", "organization", "division", "department"]).Select(name => $"{Enterprise}:{name}"),
            .. ((string[])["work", "home", "other"]).SelectMany(type => (string[])
            [
                $"emails[type eq \\\"{type}\\\"].value", $"addresses[type eq \\\"{type}\\\"].locality", $"addresses[type eq \\\"{type}\\\"].region",
                $"addresses[type eq \\\"{type}\\\"].streetAddress", $"addresses[type eq \\\"{type}\\\"].postalCode", $"emails[type eq \\\"{type}\\\"].display",
            ]),
            .. ((string[])["work", "home", "mobile", "fax", "pager", "other"]).SelectMany(type => (string[])
                [$"phoneNumbers[type eq \\\"{type}\\\"].value", $"phoneNumbers[type eq \\\"{type}\\\"].display"]),
        ];

        var answers = await Task.WhenAll(paths.Select(path => client.PatchAsync($"/Users/{created.Id}", $$"""{"op":"add","path":"{{path}}","value":"canary"}""")));

        paths.Should().HaveCount(50);
        answers.Should().OnlyContain(answer => answer.Status == 200);
        var read = await client.GetAsync($"/Users/{created.Id}");
        read.Text.Split("\"canary\"").Should().HaveCount(51);
        read.Tag.Should().Be("W/\"51\"");
    }

    [Fact]
    public async Task More_operations_than_the_limit_are_413_and_change_nothing()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");

        var answer = await client.PatchAsync($"/Users/{created.Id}", string.Join(',', Enumerable.Repeat("""{"op":"add","path":"title","value":"x"}""", 2001)));

        answer.ShouldBeError(413);
        answer.Detail.Should().Contain("2000");
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task Paths_that_would_cost_too_much_are_refused()
    {
        var client = await host.CreateOrganizationAsync();
        var created = await client.CreateUserAsync("ana");
        string[] paths =
        [
            new string('[', 10_000),
            $"emails[{new string('(', 10_000)}type pr{new string(')', 10_000)}]",
            $"emails{string.Concat(Enumerable.Repeat(".a", 10_000))}",
            $"emails[{string.Join(" and ", Enumerable.Repeat("type pr", 300))}]",
            new string('a', 20_000),
        ];

        var answers = await Task.WhenAll(paths.Select(path => client.PatchAsync($"/Users/{created.Id}", $$"""{"op":"add","path":"{{path}}","value":"x"}""")));

        answers.Should().AllSatisfy(answer => answer.ShouldBeError(400, answer.ScimType)).And.OnlyContain(answer => answer.ScimType == "invalidPath" || answer.ScimType == "invalidFilter");
        (await client.GetAsync($"/Users/{created.Id}")).Text.Should().Be(created.Text);
    }

    [Fact]
    public async Task A_strict_organization_replaces_the_whole_record_and_knows_noTarget()
    {
        var client = await host.CreateOrganizationAsync();
        await host.ChangeRulesAsync(client, strict: true);
        var strict = await host.CreateTokenAsync(client.Organization);
        var created = await strict.CreateUserAsync("ana", "\"addresses\":[{\"type\":\"work\",\"country\":\"US\",\"locality\":\"X\"}]");

        var replaced = await strict.PatchAsync($"/Users/{created.Id}", """{"op":"replace","path":"addresses[type eq \"work\"]","value":{"type":"work","country":"FR"}}""");
        var dotted = await strict.PatchAsync($"/Users/{created.Id}", """{"op":"replace","value":{"name.givenName":"x"}}""");

        replaced.Rest.ShouldBeJson("""{"addresses":[{"type":"work","country":"FR"}]}""");
        dotted.ShouldBeError(400, "invalidPath");
        (await strict.GetAsync($"/Users/{created.Id}")).Text.Should().Be(replaced.Text);
    }

    private static string Spelled(string json) => json
        .Replace("\"E\"", $"\"{Enterprise}\"", StringComparison.Ordinal)
        .Replace("\"E:", $"\"{Enterprise}:", StringComparison.Ordinal)
        .Replace("\\\"E\\\"", $"\\\"{Enterprise}\\\"", StringComparison.Ordinal)
        .Replace("\"Core:", $"\"{Core}:", StringComparison.Ordinal);
}
