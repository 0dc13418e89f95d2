using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using Xunit;

namespace ScimSlice.Tests.Scim.Schemas;

public sealed class ResourceReaderTests
{
    [Fact]
    public void A_document_is_stored_as_sent()
    {
        const string Members = """
            "name":{"givenName":"Bärbel  ","familyName":"O'Malley"},"active":false,"emails":[{"value":"B@x.example","type":"Work","primary":true}],"locale":"en_US"
            """;

        var document = Sample.ReadUser(Members, strict: true);

        Sample.Written(document).Should().Be($$"""{"schemas":["{{Sample.Core}}"],"id":"1","userName":"bjensen",{{Members}},{{Sample.Meta}}}""");
    }

    [Fact]
    public void Names_are_read_in_any_case_and_kept_in_the_schema_s()
    {
        var document = Sample.Read(Sample.User, $$"""
            {"SCHEMAS": ["{{Sample.Core.ToUpperInvariant()}}"], "USERNAME": "b", "Emails": [{"VALUE": "x", "Type": "work"}],
             "{{Sample.Enterprise.ToLowerInvariant()}}": {"DEPARTMENT": "d"} }
            """, strict: true);

        document.Attributes.Members.Select(member => member.Key).Should().Equal("userName", "emails", Sample.Enterprise);
        document.SchemaUrns.Should().Equal(Sample.Core, Sample.Enterprise);
    }

    [Fact]
    public void Schemas_tells_the_extensions_that_hold_data()
    {
        var without = Sample.Read(Sample.User, $$"""
            {"schemas": ["{{Sample.Core}}", "{{Sample.Enterprise}}"], "userName": "b", "{{Sample.Enterprise}}": {} }
            """);
        var with = Sample.ReadUser($$"""  "{{Sample.Enterprise}}": {"department": "d"}  """);

        without.SchemaUrns.Should().Equal(Sample.Core);
        with.SchemaUrns.Should().Equal(Sample.Core, Sample.Enterprise);
    }

    [Theory]
    [InlineData("\"title\": null")]
    [InlineData("\"emails\": null")]
    [InlineData("\"emails\": []")]
    [InlineData("\"emails\": [null]")]
    [InlineData("\"emails\": [{}]")]
    [InlineData("\"emails\": [{\"value\": null}]")]
    [InlineData("\"name\": {}")]
    [InlineData("\"name\": {\"givenName\": null, \"unknown\": 1}")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": null")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {}")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"manager\": {\"value\": null}}")]
    public void Null_and_empty_lists_and_objects_are_unassigned(string members)
    {
        var document = Sample.ReadUser(members, strict: true);

        document.Should().Be(Sample.ReadUser());
    }

    [Theory]
    [InlineData("\"shoeSize\": 40")]
    [InlineData("\"shoeSize\": {\"left\": [[1]]}")]
    [InlineData("\"urn:example:other\": {\"a\": 1}")]
    [InlineData("\"id\": \"mine\"")]
    [InlineData("\"id\": 5")]
    [InlineData("\"meta\": {\"resourceType\": \"Group\", \"created\": 5}")]
    [InlineData("\"meta\": \"x\"")]
    [InlineData("\"groups\": [{\"value\": \"g\"}]")]
    [InlineData("\"groups\": 7")]
    [InlineData("\"password\": \"secret\"")]
    [InlineData("\"password\": null")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"shoeSize\": 1, \"manager\": {\"displayName\": \"Kim\"}}")]
    public void Unknown_and_read_only_attributes_and_the_password_are_not_stored(string members)
    {
        var document = Sample.ReadUser(members, strict: true);

        document.Should().Be(Sample.ReadUser());
    }

    [Theory]
    [InlineData("\"title\": 5")]
    [InlineData("\"title\": true")]
    [InlineData("\"title\": {}")]
    [InlineData("\"title\": [\"a\"]")]
    [InlineData("\"title\": [\"a\", \"b\"]")]
    [InlineData("\"active\": \"true\"")]
    [InlineData("\"active\": 1")]
    [InlineData("\"active\": {}")]
    [InlineData("\"name\": \"Kim\"")]
    [InlineData("\"name\": [{\"givenName\": \"Kim\"}]")]
    [InlineData("\"name\": {\"givenName\": 5}")]
    [InlineData("\"name\": {\"givenName\": {\"a\": 1}}")]
    [InlineData("\"emails\": {\"value\": \"a\"}")]
    [InlineData("\"emails\": \"a\"")]
    [InlineData("\"emails\": [\"a\"]")]
    [InlineData("\"emails\": [[{\"value\": \"a\"}]]")]
    [InlineData("\"emails\": [{\"value\": [\"a\"]}]")]
    [InlineData("\"emails\": [{\"value\": \"a\", \"primary\": \"True\"}]")]
    [InlineData("\"password\": 5")]
    [InlineData("\"password\": [\"a\", \"b\"]")]
    [InlineData("\"profileUrl\": 5")]
    [InlineData("\"x509Certificates\": [{\"value\": \"a b=\"}]")]
    [InlineData("\"x509Certificates\": [{\"value\": \"_-_-\"}]")]
    [InlineData("\"x509Certificates\": [{\"value\": \"A\"}]")]
    [InlineData("\"x509Certificates\": [{\"value\": \"AQ=\"}]")]
    [InlineData("\"role\": \"king\"")]
    [InlineData("\"role\": 5")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": 5")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": []")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": \"x\"")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"manager\": \"42\"}")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"employeeNumber\": 42}")]
    public void A_value_of_another_type_is_invalidValue_in_strict_mode(string members) =>
        Refusal.Told(() => Sample.ReadUser(members, strict: true)).Should().Be("400 invalidValue");

    [Theory]
    [InlineData("\"title\": 5", "\"title\": \"5\"", Quirk.NumberAsText)]
    [InlineData("\"title\": true", "\"title\": \"true\"", Quirk.NumberAsText)]
    [InlineData("\"title\": [\"a\"]", "\"title\": \"a\"", Quirk.ListForSingleValue)]
    [InlineData("\"title\": []", "", Quirk.ListForSingleValue)]
    [InlineData("\"title\": \"\"", "", Quirk.EmptyTextAsUnassigned)]
    [InlineData("\"active\": \"\"", "", Quirk.EmptyTextAsUnassigned)]
    [InlineData("\"emails\": [{\"value\": \"\"}]", "", Quirk.EmptyTextAsUnassigned)]
    [InlineData("\"active\": \"False\"", "\"active\": false", Quirk.BooleanAsText)]
    [InlineData("\"active\": \"TRUE\"", "\"active\": true", Quirk.BooleanAsText)]
    [InlineData("\"emails\": {\"value\": \"a\"}", "\"emails\": [{\"value\": \"a\"}]", Quirk.SingleValueForList)]
    [InlineData("\"emails\": [\"a\"]", "\"emails\": [{\"value\": \"a\"}]", Quirk.TextForComplex)]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"manager\": \"42\"}", "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"manager\": {\"value\": \"42\"}}", Quirk.TextForComplex)]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"manager\": [{\"value\": \"42\"}]}", "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"manager\": {\"value\": \"42\"}}", Quirk.ListForSingleValue)]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"employeeNumber\": 42}", "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"employeeNumber\": \"42\"}", Quirk.NumberAsText)]
    public void A_client_s_deviation_is_read_as_what_it_means(string sent, string meant, Quirk quirk)
    {
        var lenient = Sample.Lenient;

        var document = new ResourceReader(Sample.User, lenient).Read(Sample.Json(Sample.UserJson(sent)));

        document.Should().Be(Sample.ReadUser(meant, strict: true));
        lenient.Used.Should().Equal(quirk);
    }

    [Theory]
    [InlineData("\"active\": \"yes\"")]
    [InlineData("\"active\": 0")]
    [InlineData("\"title\": [\"a\", \"b\"]")]
    [InlineData("\"title\": {}")]
    [InlineData("\"name\": \"Kim\"")]
    [InlineData("\"addresses\": \"Main street\"")]
    [InlineData("\"emails\": [[{\"value\": \"a\"}]]")]
    [InlineData("\"emails\": 5")]
    [InlineData("\"emails\": [5]")]
    [InlineData("\"password\": 5")]
    [InlineData("\"profileUrl\": 5")]
    [InlineData("\"role\": 5")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": []")]
    public void Lenient_mode_does_not_guess(string members) => Refusal.Told(() => Sample.ReadUser(members)).Should().Be("400 invalidValue");

    [Theory]
    [InlineData("{}", "400 invalidSyntax")]
    [InlineData("{\"userName\": \"b\"}", "400 invalidSyntax")]
    [InlineData("{\"schemas\": null, \"userName\": \"b\"}", "400 invalidSyntax")]
    [InlineData("{\"schemas\": [], \"userName\": \"b\"}", "400 invalidSyntax")]
    [InlineData("{\"schemas\": \"CORE\", \"userName\": \"b\"}", "400 invalidSyntax")]
    [InlineData("{\"schemas\": [5], \"userName\": \"b\"}", "400 invalidSyntax")]
    [InlineData("{\"schemas\": [null, \"CORE\"], \"userName\": \"b\"}", "400 invalidSyntax")]
    [InlineData("{\"schemas\": [\"ENTERPRISE\"], \"userName\": \"b\"}", "400 invalidSyntax")]
    [InlineData("{\"schemas\": [\"CORE\", \"ENTERPRISE\"], \"userName\": \"b\"}", "accepted")]
    [InlineData("{\"userName\": \"b\", \"schemas\": [\"ENTERPRISE\", \"CORE\"]}", "accepted")]
    [InlineData("[]", "400 invalidSyntax")]
    [InlineData("5", "400 invalidSyntax")]
    [InlineData("null", "400 invalidSyntax")]
    [InlineData("\"x\"", "400 invalidSyntax")]
    public void Schemas_is_a_list_with_the_core_schema(string body, string expected)
    {
        var json = body.Replace("CORE", Sample.Core).Replace("ENTERPRISE", Sample.Enterprise);

        Refusal.Told(() => Sample.Read(Sample.User, json)).Should().Be(expected);
        Refusal.Told(() => Sample.Read(Sample.User, json, strict: true)).Should().Be(expected);
    }

    [Theory]
    [InlineData("[\"CORE\", \"urn:other\"]")]
    [InlineData("[\"CORE\", \"\"]")]
    [InlineData("[\"urn:scim:schemas:core:1.0\"]")]
    public void Other_schemas_are_passed_over_unless_strict(string schemas)
    {
        var json = $$"""{"schemas": {{schemas.Replace("CORE", Sample.Core)}}, "userName": "bjensen"}""";

        Sample.Read(Sample.User, json).Should().Be(Sample.ReadUser());
        Refusal.Told(() => Sample.Read(Sample.User, json, strict: true)).Should().Be("400 invalidSyntax");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"userName\": null}")]
    [InlineData("{\"userName\": \"\"}")]
    [InlineData("{\"userName\": []}")]
    public void UserName_is_required(string members)
    {
        var json = members.Replace("{", $$"""{"schemas": ["{{Sample.Core}}"],""").Replace(",}", "}");

        Refusal.Told(() => Sample.Read(Sample.User, json)).Should().Be("400 invalidValue");
        Refusal.Told(() => Sample.Read(Sample.User, json, strict: true)).Should().Be("400 invalidValue");
    }

    [Theory]
    [InlineData("\"label\": \"a\"", "400 invalidValue")]
    [InlineData("\"label\": \"a\", \"urn:example:schemas:Stock\": {}", "400 invalidValue")]
    [InlineData("\"label\": \"a\", \"urn:example:schemas:Stock\": {\"room\": \"r\"}", "400 invalidValue")]
    [InlineData("\"label\": \"a\", \"urn:example:schemas:Stock\": {\"shelf\": \"\"}", "400 invalidValue")]
    [InlineData("\"label\": \"a\", \"urn:example:schemas:Stock\": {\"shelf\": \"s\"}", "accepted")]
    [InlineData("\"urn:example:schemas:Stock\": {\"shelf\": \"s\"}", "400 invalidValue")]
    public void A_required_extension_must_hold_its_required_attributes(string members, string expected)
    {
        var json = $$"""{"schemas": ["urn:example:schemas:Widget"], {{members}}}""";

        Refusal.Told(() => Sample.Read(Sample.Widget, json, strict: true)).Should().Be(expected);
    }

    [Theory]
    [InlineData("\"title\": \"a\", \"Title\": \"b\"")]
    [InlineData("\"USERNAME\": \"b\"")]
    [InlineData("\"Schemas\": []")]
    [InlineData("\"shoeSize\": 1, \"ShoeSize\": 2")]
    [InlineData("\"name\": {\"givenName\": \"a\", \"GivenName\": \"a\"}")]
    [InlineData("\"emails\": [{\"value\": \"a\"}, {\"value\": \"a\", \"Value\": \"b\"}]")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {\"department\": \"a\", \"Department\": \"b\"}")]
    [InlineData("\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {}, \"URN:ietf:params:scim:schemas:extension:enterprise:2.0:User\": {}")]
    public void A_name_given_twice_is_invalidSyntax_also_in_another_case(string members) =>
        Refusal.Told(() => Sample.ReadUser(members)).Should().Be("400 invalidSyntax");

    [Theory]
    [InlineData("[{\"value\": \"a\", \"primary\": true}, {\"value\": \"b\", \"primary\": true}]", "400 invalidValue")]
    [InlineData("[{\"value\": \"a\", \"primary\": true}, {\"value\": \"b\", \"primary\": \"True\"}]", "400 invalidValue")]
    [InlineData("[{\"value\": \"a\", \"primary\": true}, {\"value\": \"b\", \"primary\": false}]", "accepted")]
    [InlineData("[{\"value\": \"a\"}, {\"value\": \"b\"}]", "accepted")]
    public void One_value_at_most_is_primary(string emails, string expected) =>
        Refusal.Told(() => Sample.ReadUser($"\"emails\": {emails}")).Should().Be(expected);

    [Fact]
    public void Immutable_attributes_are_set_on_creation()
    {
        var document = Sample.Read(Sample.Widget, """
            {"schemas": ["urn:example:schemas:Widget"], "label": "a", "serial": "s", "state": "new", "urn:example:schemas:Stock": {"shelf": "s"} }
            """);

        document.Text("serial").Should().Be("s");
        document.Text("state").Should().BeNull();
    }

    [Fact]
    public void All_violations_are_told_together_and_no_value_is_repeated()
    {
        var refused = Refusal.Of(() => Sample.ReadUser("""
            "title": {"secret": 1}, "active": "secret", "emails": [{"value": {"secret": 1}}, 5], "name": 5, "locale": {}, "timezone": {}
            """));

        refused!.Detail.Should().Be("title: expected a string, but got an object; active: expected true or false, but got a string; "
            + "emails[0].value: expected a string, but got an object; emails[1]: expected an object, but got a number; "
            + "name: expected an object, but got a number; and 2 more.");
    }

    [Fact]
    public void A_document_written_and_read_again_is_the_same()
    {
        var document = Sample.ReadUser($$"""
            "externalId": "x", "name": {"givenName": "😀"}, "active": true, "emails": [{"value": "a", "primary": true}, {"type": "home"}],
            "role": "Owner", "{{Sample.Enterprise}}": {"manager": {"value": "42", "$ref": "../Users/42"} }
            """);

        var again = Sample.Read(Sample.User, Sample.Written(document), strict: true);

        again.Should().Be(document);
    }
}
