using CsCheck;
using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Paths;
using ScimSlice.Infrastructure.Scim.Protocol;
using Xunit;

namespace ScimSlice.Tests.Scim.Paths;

/// <summary>
/// Patch paths, RFC 7644 §3.5.2. Some are from the tests of pingidentity/scim2 (Apache-2.0), scim2/filter-parser and
/// elimity-com/scim (MIT), and SAP/scimono (Apache-2.0).
/// </summary>
public sealed class PatchPathTests
{
    private static readonly string[] Pieces =
    [
        "emails", "name", ".", "value", "familyName", "[", "]", "type eq \"work\"", "value co \"]\"", " ", "\"", "\\", "(", ")", "not ", ":", "urn:", "$ref",
        Sample.Core, Sample.Enterprise, "manager", "\ud800", "é", "\0", "1", "schemas",
    ];

    [Theory]
    [InlineData("attr", null, "attr", null)]
    [InlineData("attr.subAttr", null, "attr", "subAttr")]
    [InlineData("attr.$ref", null, "attr", "$ref")]
    [InlineData("members", null, "members", null)]
    [InlineData("name.familyName", null, "name", "familyName")]
    [InlineData("urn:extension:attr", "urn:extension", "attr", null)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName", Sample.Core, "name", "familyName")]
    [InlineData("URN:ietf:params:scim:schemas:core:2.0:USER:name", Sample.Core, "name", null)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", Sample.Enterprise, "employeeNumber", null)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref", Sample.Enterprise, "manager", "$ref")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", Sample.Enterprise, null, null)]
    [InlineData("urn:example:scim:schemas:extension:my-custom-ext:1.0:User:name.familyName", "urn:example:scim:schemas:extension:my-custom-ext:1.0:User", "name", "familyName")]
    public void An_attribute_path_has_a_URN_a_name_and_a_sub_attribute(string text, string? schema, string? name, string? subAttribute)
    {
        var path = PatchPathParser.Parse(text, Sample.User, Sample.Strict);

        path.Should().Be(new PatchPath(new AttributePath(schema, name, subAttribute)));
        PatchPathParser.Parse(path.ToString(), Sample.User, Sample.Strict).Should().Be(path);
    }

    [Theory]
    [InlineData("addresses[type eq \"work\"]", "addresses", "type eq \"work\"", null)]
    [InlineData("addresses[type eq \"work\"].streetAddress", "addresses", "type eq \"work\"", "streetAddress")]
    [InlineData("members[value eq \"2819c223-7f76-453a-919d-413861904646\"].displayName", "members", "value eq \"2819c223-7f76-453a-919d-413861904646\"", "displayName")]
    [InlineData("attr[$ref eq \"/Users/xxx\"]", "attr", "$ref eq \"/Users/xxx\"", null)]
    [InlineData("attr[subAttr eq \"78750\"].subAttr", "attr", "subAttr eq \"78750\"", "subAttr")]
    [InlineData("urn:extension:attr[subAttr eq \"78750\"].subAttr", "urn:extension:attr", "subAttr eq \"78750\"", "subAttr")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].display", "urn:ietf:params:scim:schemas:core:2.0:User:emails", "type eq \"work\"", "display")]
    [InlineData("emails[not (type eq \"work\")]", "emails", "not (type eq \"work\")", null)]
    [InlineData("emails[(type eq \"work\" or primary eq true) and value pr].$ref", "emails", "(type eq \"work\" or primary eq true) and value pr", "$ref")]
    [InlineData("emails[ type eq \"work\" ].value", "emails", "type eq \"work\"", "value")]
    [InlineData("emails[value eq \"a]b\"].value", "emails", "value eq \"a]b\"", "value")]
    [InlineData("emails[value eq \"a\\\"]b\"].value", "emails", "value eq \"a\\\"]b\"", "value")]
    [InlineData("emails[value eq \"a\\\\\"].value", "emails", "value eq \"a\\\\\"", "value")]
    [InlineData("urn:pingidentity:schemas:sample:profile:1.0:topicPreferences[(id eq \"urn:X-UnboundID:topic:clothing:shoes\" and strength eq 10 and timeStamp eq \"2015-10-12T14:57:36.494Z\")]", "urn:pingidentity:schemas:sample:profile:1.0:topicPreferences", "id eq \"urn:X-UnboundID:topic:clothing:shoes\" and strength eq 10 and timeStamp eq \"2015-10-12T14:57:36.494Z\"", null)]
    public void A_value_path_has_a_filter_and_a_sub_attribute_behind_it(string text, string attribute, string filter, string? subAttribute)
    {
        var path = PatchPathParser.Parse(text, Sample.User, Sample.Strict);

        (path.Attribute.ToString(), path.Filter!.ToString(), path.SubAttribute).Should().Be((attribute, filter, subAttribute));
        PatchPathParser.Parse(path.ToString(), Sample.User, Sample.Strict).Should().Be(path);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("attr.")]
    [InlineData(".attr")]
    [InlineData("name..familyName")]
    [InlineData("name.family.name")]
    [InlineData(" title")]
    [InlineData("title ")]
    [InlineData("/title")]
    [InlineData("emails/0")]
    [InlineData("emails.0")]
    [InlineData("1title")]
    [InlineData("$title")]
    [InlineData("tïtle")]
    [InlineData("urn:")]
    [InlineData("urn:attr")]
    [InlineData("urn::attr")]
    [InlineData("urn:extension:")]
    [InlineData("urn:extension:.")]
    [InlineData("urn:extension:.attr")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:.")]
    [InlineData("http://example.com/attr")]
    [InlineData("emails[")]
    [InlineData("emails]")]
    [InlineData("[type eq \"work\"]")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[type eq \"work]")]
    [InlineData("emails[type eq \"work\"]]")]
    [InlineData("emails[type eq \"work\"]value")]
    [InlineData("emails[type eq \"work\"].")]
    [InlineData("emails[type eq \"work\"].1")]
    [InlineData("emails[type eq \"work\"].value.x")]
    [InlineData("emails[type eq \"work\"] .value")]
    [InlineData("emails[type eq \"work\"][value pr]")]
    [InlineData("emails [type eq \"work\"]")]
    [InlineData("attr[subAttr eq 123].")]
    [InlineData("attr[subAttr eq \"78750\"].subAttr[subSub pr].this.is.crazy[type eq \"good\"].deep")]
    [InlineData("name.familyName[value pr]")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User[department pr]")]
    public void A_path_outside_the_grammar_is_invalidPath(string text)
    {
        Told(text, strict: true).Should().Be("400 invalidPath");
        Told(text, strict: false).Should().Be("400 invalidPath");
    }

    [Theory]
    [InlineData("emails[]")]
    [InlineData("emails[ ]")]
    [InlineData("attr[].subAttr")]
    [InlineData("emails[0]")]
    [InlineData("emails[type]")]
    [InlineData("emails[type eq]")]
    [InlineData("emails[type is \"work\"]")]
    [InlineData("emails[type eq 'work']")]
    [InlineData("emails[(type eq \"work\"]")]
    [InlineData("emails[type eq \"work\" and]")]
    public void A_broken_filter_inside_is_invalidFilter(string text)
    {
        Told(text, strict: true).Should().Be("400 invalidFilter");
        Told(text, strict: false).Should().Be("400 invalidFilter");
    }

    [Theory]
    [InlineData("emails[value[type pr]]")]
    [InlineData("emails[value[type pr].x]")]
    [InlineData("emails[type pr and value[type pr]].x")]
    public void A_value_path_does_not_nest(string text) => Told(text, strict: false).Should().Be("400 invalidPath");

    [Theory]
    [InlineData("emails[type eq work].value")]
    [InlineData("members[value eq\"2819\"]")]
    public void A_deviation_in_the_filter_is_refused_in_strict_mode_only(string text)
    {
        Told(text, strict: true).Should().Be("400 invalidFilter");
        Told(text, strict: false).Should().Be("accepted");
    }

    [Theory]
    [InlineData(8192, "accepted")]
    [InlineData(8193, "400 invalidPath")]
    public void A_path_may_have_8192_characters(int length, string expected) => Told(new string('a', length), strict: true).Should().Be(expected);

    [Fact]
    public void Parsing_what_a_path_prints_gives_the_same_path_and_everything_else_is_refused() =>
        Gen.OneOf(Gen.OneOf(Pieces).Array[0, 10].Select(string.Concat), Gen.String).Sample(text =>
        {
            try
            {
                var path = PatchPathParser.Parse(text, Sample.User, Sample.Lenient);
                PatchPathParser.Parse(path.ToString(), Sample.User, Sample.Strict).Should().Be(path);
            }
            catch (ScimException refused)
            {
                refused.Status.Should().Be(400);
                refused.ScimType.Should().BeOneOf("invalidPath", "invalidFilter");
            }
        }, iter: 20_000);

    private static string Told(string text, bool strict) =>
        Refusal.Told(() => PatchPathParser.Parse(text, Sample.User, strict ? Sample.Strict : Sample.Lenient));
}
