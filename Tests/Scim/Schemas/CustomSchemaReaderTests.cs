using System.Text;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Schemas;
using Xunit;

namespace ScimSlice.Tests.Scim.Schemas;

public sealed class CustomSchemaReaderTests
{
    private const string Urn = "urn:example:schemas:acme:1.0:User";

    [Fact]
    public void An_extension_is_read_whole()
    {
        var (custom, faults) = Read(Extension("""
            {"name":"badge","type":"complex","multiValued":true,"subAttributes":[{"name":"value","caseExact":true},{"name":"primary","type":"boolean"},{"name":"$ref","type":"reference","referenceTypes":["external"]}]},
            {"name":"shoe-size_2","type":"decimal","mutability":"immutable","returned":"request","required":true,"description":"d"},
            {"name":"grade","canonicalValues":["a","b"],"closed":true,"uniqueness":"server"}
            """, "\"required\":true, // comments may stand in it\n"));

        faults.Should().BeEmpty();
        custom!.Extends.Should().BeNull();
        custom.Required.Should().BeTrue();
        custom.Schema.Id.Should().Be(Urn);
        custom.Schema.Attribute("BADGE")!.SubAttribute("$ref")!.Type.Should().Be(AttributeType.Reference);
        custom.Schema.Attribute("shoe-size_2").Should().BeEquivalentTo(
            new { Type = AttributeType.Decimal, Mutability = Mutability.Immutable, Returned = Returned.Request, Required = true, MultiValued = false });
        custom.Schema.Attribute("grade").Should().BeEquivalentTo(new { Closed = true, Uniqueness = Uniqueness.Server });
    }

    [Fact]
    public void An_addition_is_read_whole()
    {
        var (custom, faults) = Read("""{"extends":"urn:ietf:params:scim:schemas:core:2.0:User","attributes":[{"name":"floor","type":"integer"}]}""");

        faults.Should().BeEmpty();
        custom!.Extends.Should().Be(SchemaRegistry.UserUrn);
        custom.Schema.Attributes.Should().ContainSingle().Which.Type.Should().Be(AttributeType.Integer);
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{\"id\":\"urn:a:b\",\"id\":\"urn:a:c\"}", "not valid JSON")]
    [InlineData("{}", "either an id")]
    [InlineData("{\"id\":\"urn:a:b\",\"extends\":\"urn:a:c\",\"attributes\":[{\"name\":\"a\"}]}", "either an id")]
    [InlineData("{\"id\":\"acme\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "id must be a URN")]
    [InlineData("{\"id\":\"urn:a:b\\\"c\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "id must be a URN")]
    [InlineData("{\"id\":\"urn:a:b'c\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "id must be a URN")]
    [InlineData("{\"id\":\"urn:a:b\\nc\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "id must be a URN")]
    [InlineData("{\"id\":\"urn:ietf:params:scim:api:messages:2.0:Error\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "of your own")]
    [InlineData("{\"id\":\"urn:ietf:params:scim:schemas:core:2.0:Group\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "of your own")]
    [InlineData("{\"id\":5,\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "id must be a URN")]
    [InlineData("{\"id\":\"urn:a:b\",\"attributes\":[{\"name\":\"a\"}]}", "name must be a string")]
    [InlineData("{\"id\":\"urn:a:b\",\"name\":\"n\"}", "attributes must be an array")]
    [InlineData("{\"id\":\"urn:a:b\",\"name\":\"n\",\"attributes\":[]}", "attributes must be an array")]
    [InlineData("{\"id\":\"urn:a:b\",\"name\":\"n\",\"attributes\":[5]}", "must be an object with a name")]
    [InlineData("{\"id\":\"urn:a:b\",\"name\":\"n\",\"atributes\":[],\"attributes\":[{\"name\":\"a\"}]}", "'atributes' has no meaning")]
    [InlineData("{\"extends\":\"urn:a:b\",\"required\":true,\"attributes\":[{\"name\":\"a\"}]}", "required is for extensions")]
    [InlineData("{\"extends\":\"urn:a:b\",\"attributes\":[{\"name\":\"externalID\"}]}", "every resource has an attribute")]
    public void A_file_that_is_no_schema_is_told_so(string json, string fault)
    {
        var (custom, faults) = Read(json);

        custom.Should().BeNull();
        faults.Should().Contain(line => line.Contains(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"name\":\"1a\"}", "'1a' is no name")]
    [InlineData("{\"name\":\"a b\"}", "'a b' is no name")]
    [InlineData("{\"name\":\"a\\u0027b\"}", "is no name")]
    [InlineData("{\"name\":\"a.b\"}", "is no name")]
    [InlineData("{\"name\":\"a\"},{\"name\":\"A\"}", "'A' is named twice")]
    [InlineData("{\"name\":\"a\",\"type\":\"text\"}", "a: type 'text' is not one of string, ")]
    [InlineData("{\"name\":\"a\",\"type\":5}", "a: type '5' is not one of")]
    [InlineData("{\"name\":\"a\",\"multivalued\":true}", "'multivalued' has no meaning")]
    [InlineData("{\"name\":\"a\",\"multiValued\":\"yes\"}", "multiValued must be true or false")]
    [InlineData("{\"name\":\"a\",\"mutability\":\"writable\"}", "a: mutability")]
    [InlineData("{\"name\":\"a\",\"returned\":\"sometimes\"}", "a: returned")]
    [InlineData("{\"name\":\"a\",\"uniqueness\":\"galactic\"}", "a: uniqueness")]
    [InlineData("{\"name\":\"a\",\"mutability\":\"writeOnly\"}", "returned never")]
    [InlineData("{\"name\":\"a\",\"returned\":\"never\"}", "has to be writeOnly")]
    [InlineData("{\"name\":\"a\",\"type\":\"complex\",\"uniqueness\":\"server\",\"subAttributes\":[{\"name\":\"b\"}]}", "no uniqueness of its own")]
    [InlineData("{\"name\":\"a\",\"mutability\":\"readOnly\",\"required\":true}", "cannot be required")]
    [InlineData("{\"name\":\"a\",\"closed\":true}", "needs its canonicalValues")]
    [InlineData("{\"name\":\"a\",\"canonicalValues\":[1]}", "canonicalValues must be an array of strings")]
    [InlineData("{\"name\":\"a\",\"type\":\"complex\"}", "a: subAttributes must be an array")]
    [InlineData("{\"name\":\"a\",\"subAttributes\":[{\"name\":\"b\"}]}", "only a complex attribute")]
    [InlineData("{\"name\":\"a\",\"type\":\"complex\",\"subAttributes\":[{\"name\":\"b\",\"type\":\"complex\",\"subAttributes\":[{\"name\":\"c\"}]}]}", "a.b: a sub-attribute cannot be complex")]
    [InlineData("{\"name\":\"a\",\"type\":\"complex\",\"subAttributes\":[{\"name\":\"b\",\"multiValued\":true}]}", "several values")]
    [InlineData("{\"name\":\"a\",\"type\":\"complex\",\"subAttributes\":[{\"name\":\"primary\"}]}", "a.primary: must be boolean")]
    public void An_attribute_that_cannot_be_served_is_named(string attributes, string fault)
    {
        var (custom, faults) = Read(Extension(attributes));

        custom.Should().BeNull();
        faults.Should().Contain(line => line.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_are_told_together()
    {
        var (_, faults) = Read(Extension("{\"name\":\"1a\"},{\"name\":\"b\",\"type\":\"text\"},{\"name\":\"c\",\"closed\":true}"));

        faults.Should().HaveCount(3);
    }

    [Fact]
    public void The_number_of_attributes_is_bounded()
    {
        var (_, faults) = Read(Extension(string.Join(',', Enumerable.Range(0, CustomSchema.MaxAttributes + 1).Select(number => $"{{\"name\":\"a{number}\"}}"))));

        faults.Should().ContainSingle().Which.Should().Contain($"more than {CustomSchema.MaxAttributes} attributes");
    }

    [Fact]
    public void The_number_of_sub_attributes_is_bounded()
    {
        string Attribute(int count) => $"{{\"name\":\"a\",\"type\":\"complex\",\"subAttributes\":[{string.Join(',', Enumerable.Range(0, count).Select(number => $"{{\"name\":\"s{number}\"}}"))}]}}";

        Read(Extension(Attribute(CustomSchema.MaxSubAttributes))).Faults.Should().BeEmpty();
        Read(Extension(Attribute(CustomSchema.MaxSubAttributes + 1))).Faults.Should().ContainSingle().Which.Should().Contain($"more than {CustomSchema.MaxSubAttributes}");
    }

    [Theory]
    [InlineData(new byte[] { 0x22, 0xE9, 0x22 }, "not UTF-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B, 0x00 }, "not UTF-8")]
    public void A_file_in_another_encoding_is_told_so(byte[] bytes, string fault)
    {
        CustomSchemaReader.Read(bytes).Faults.Should().ContainSingle().Which.Should().Contain(fault);
        Read("{\"id\":\"\\ud800\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}").Faults.Should().ContainSingle().Which.Should().Contain("surrogate");
    }

    [Fact]
    public void A_byte_order_mark_and_a_trailing_comma_are_passed_over()
    {
        var (custom, faults) = CustomSchemaReader.Read((byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Extension("{\"name\":\"a\"},"))]);

        faults.Should().BeEmpty();
        custom!.Schema.Attribute("a").Should().NotBeNull();
    }

    [Fact]
    public void A_later_file_takes_the_place_of_an_earlier_one_and_the_built_in_ones_stay()
    {
        var first = Read(Extension("{\"name\":\"a\"}")).Schema!;
        var second = Read(Extension("{\"name\":\"b\"}")).Schema!;
        var faults = new List<(int File, string Fault)>();

        var registry = SchemaRegistry.BuiltIn.With([first, second], faults);

        faults.Should().BeEmpty();
        registry.Schemas.Where(schema => schema.Id == Urn).Should().ContainSingle().Which.Attribute("b").Should().NotBeNull();
        registry.User.Extension(Urn)!.Schema.Attribute("a").Should().BeNull();
        SchemaRegistry.BuiltIn.Schema(Urn).Should().BeNull();
    }

    [Theory]
    [InlineData("{\"id\":\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "is built in")]
    [InlineData("{\"id\":\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:name\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "begin alike")]
    [InlineData("{\"id\":\"urn:ietf:params:scim\",\"name\":\"n\",\"attributes\":[{\"name\":\"a\"}]}", "begin alike")]
    [InlineData("{\"extends\":\"urn:a:b\",\"attributes\":[{\"name\":\"a\"}]}", "no schema urn:a:b")]
    [InlineData("{\"extends\":\"urn:ietf:params:scim:schemas:core:2.0:Schema\",\"attributes\":[{\"name\":\"a\"}]}", "no schema")]
    [InlineData("{\"extends\":\"urn:ietf:params:scim:schemas:core:2.0:User\",\"attributes\":[{\"name\":\"USERNAME\"}]}", "has an attribute 'USERNAME' already")]
    [InlineData("{\"extends\":\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\",\"attributes\":[{\"name\":\"department\"}]}", "has an attribute 'department' already")]
    public void What_cannot_be_added_to_what_is_there_is_told(string json, string fault)
    {
        var faults = new List<(int File, string Fault)>();

        SchemaRegistry.BuiltIn.With([Read(json).Schema!], faults);

        faults.Should().ContainSingle().Which.Fault.Should().Contain(fault);
    }

    private static string Extension(string attributes, string members = "") => $$"""{"id":"{{Urn}}","name":"Acme",{{members}}"attributes":[{{attributes}}]}""";

    private static (CustomSchema? Schema, IReadOnlyList<string> Faults) Read(string json) => CustomSchemaReader.Read(Encoding.UTF8.GetBytes(json));
}
