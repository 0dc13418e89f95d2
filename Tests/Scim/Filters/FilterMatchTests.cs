using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Patching.Quirks;
using ScimSlice.Infrastructure.Scim.Resources;
using ScimSlice.Infrastructure.Scim.Schemas;
using Xunit;

namespace ScimSlice.Tests.Scim.Filters;

public sealed class FilterMatchTests
{
    private static readonly AttributeValue.Complex Babs = Resource(Sample.User, "User", $$"""
        {
          "schemas": ["{{Sample.Core}}", "{{Sample.Enterprise}}"],
          "externalId": "HR-17",
          "userName": "BJensen@Example.com",
          "name": {"familyName": "O'Malley", "givenName": "Bärbel"},
          "displayName": "STRAẞE Σίσυφος",
          "title": "Tour Guide",
          "profileUrl": "https://login.example.com/BJensen",
          "active": true,
          "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": true},
            {"value": "babs@jensen.org", "type": "home", "display": "Babs"}
          ],
          "phoneNumbers": [{"value": "555-0100"}],
          "roles": [{"value": "admin", "primary": false}],
          "x509Certificates": [{"value": "AQID"}],
          "{{Sample.Enterprise}}": {"department": "Tours", "employeeNumber": "0042", "manager": {"value": "Boss-1", "$ref": "../Users/Boss-1"} }
        }
        """);

    private static readonly AttributeValue.Complex Cog = Resource(Sample.Widget, "Widget", """
        {
          "schemas": ["urn:example:schemas:Widget", "urn:example:schemas:Stock"],
          "label": "cog",
          "code": "Ab",
          "tags": ["Red", "green"],
          "codes": ["X1", "y2"],
          "count": 12,
          "weight": 1.50,
          "sizes": [-2, 10.5],
          "made": "2026-11-23T12:00:00+02:00",
          "image": "AQID",
          "home": "https://example.com/Cog",
          "urn:example:schemas:Stock": {"shelf": "S1"}
        }
        """);

    [Theory]
    [InlineData("title eq \"tour guide\"", true)]
    [InlineData("title eq \"TOUR GUIDE\"", true)]
    [InlineData("title eq \"tour\"", false)]
    [InlineData("title eq \"\"", false)]
    [InlineData("title ne \"tour guide\"", false)]
    [InlineData("title ne \"tour\"", true)]
    [InlineData("title co \"R G\"", true)]
    [InlineData("title co \"x\"", false)]
    [InlineData("title co \"\"", true)]
    [InlineData("title sw \"TOUR\"", true)]
    [InlineData("title sw \"guide\"", false)]
    [InlineData("title ew \"Guide\"", true)]
    [InlineData("title ew \"tour\"", false)]
    [InlineData("title gt \"tour\"", true)]
    [InlineData("title gt \"TOUR GUIDE\"", false)]
    [InlineData("title ge \"TOUR GUIDE\"", true)]
    [InlineData("title lt \"zebra\"", true)]
    [InlineData("title lt \"Tour Guide\"", false)]
    [InlineData("title le \"TOUR GUIDE\"", true)]
    [InlineData("title le \"Tour\"", false)]
    [InlineData("title pr", true)]
    [InlineData("name.familyName co \"o'm\"", true)]
    [InlineData("name.givenName eq \"BÄRBEL\"", true)]
    [InlineData("name.givenName eq \"Ba\\u0308rbel\"", true)]
    [InlineData("displayName eq \"straße ΣΊΣΥΦΟΣ\"", true)]
    [InlineData("displayName sw \"straße\"", true)]
    [InlineData("displayName sw \"strasse\"", false)]
    public void Strings_compare_without_case_where_the_schema_says_so(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("id eq \"2819c223-7f76\"", true)]
    [InlineData("id eq \"2819C223-7F76\"", false)]
    [InlineData("id ne \"2819C223-7F76\"", true)]
    [InlineData("externalId eq \"HR-17\"", true)]
    [InlineData("externalId eq \"hr-17\"", false)]
    [InlineData("externalId sw \"HR\"", true)]
    [InlineData("externalId sw \"hr\"", false)]
    [InlineData("externalId ew \"17\"", true)]
    [InlineData("externalId co \"R-1\"", true)]
    [InlineData("externalId co \"r-1\"", false)]
    [InlineData("externalId gt \"HR-16\"", true)]
    [InlineData("externalId lt \"hr\"", true)]
    [InlineData("meta.resourceType eq \"User\"", true)]
    [InlineData("meta.resourceType eq \"user\"", false)]
    [InlineData("meta.version eq \"W/\\\"a330\\\"\"", true)]
    [InlineData("manager.value eq \"Boss-1\"", true)]
    [InlineData("manager.value eq \"boss-1\"", false)]
    [InlineData("profileUrl eq \"https://login.example.com/BJensen\"", true)]
    [InlineData("profileUrl eq \"https://login.example.com/bjensen\"", false)]
    [InlineData("profileUrl co \"BJensen\"", true)]
    [InlineData("profileUrl gt \"https\"", true)]
    [InlineData("x509Certificates.value eq \"AQID\"", true)]
    [InlineData("x509Certificates.value eq \"aqid\"", false)]
    [InlineData("x509Certificates.value ne \"aqid\"", true)]
    public void Identifiers_references_and_binaries_compare_with_case(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("userName eq \"bjensen@example.com\"", true)]
    [InlineData("userName eq \"BJENSEN@EXAMPLE.COM\"", true)]
    [InlineData("userName eq \"ｂｊｅｎｓｅｎ@example.com\"", true)]
    [InlineData("userName sw \"BJ\"", true)]
    [InlineData("title eq \"Ｔour Guide\"", false)]
    public void UserName_compares_in_its_prepared_form(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("active eq true", true)]
    [InlineData("active eq false", false)]
    [InlineData("active ne false", true)]
    [InlineData("active pr", true)]
    [InlineData("roles.primary eq false", true)]
    [InlineData("roles.primary pr", true)]
    [InlineData("phoneNumbers.primary pr", false)]
    [InlineData("phoneNumbers.primary eq false", false)]
    public void Booleans_are_equal_or_not_and_false_is_present(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("meta.created eq \"2026-11-23T10:00:00Z\"", true)]
    [InlineData("meta.created eq \"2026-11-23T10:00:00\"", true)]
    [InlineData("meta.created eq \"2026-11-23T12:00:00.000+02:00\"", true)]
    [InlineData("meta.created eq \"2026-11-22T23:30:00-10:30\"", true)]
    [InlineData("meta.created eq \"2026-11-23T10:00:00.0000000Z\"", true)]
    [InlineData("meta.created eq \"2026-11-23T10:00:00.000000000Z\"", true)]
    [InlineData("meta.created ne \"2026-11-23T12:00:00+02:00\"", false)]
    [InlineData("meta.created gt \"2026-11-23T11:59:59+02:00\"", true)]
    [InlineData("meta.created gt \"2026-11-23T10:00:00Z\"", false)]
    [InlineData("meta.created ge \"2026-11-23T10:00:00Z\"", true)]
    [InlineData("meta.created lt \"2026-11-23T09:00:00-02:00\"", true)]
    [InlineData("meta.created lt \"2026-11-23T10:00:00.000000001Z\"", false)]
    [InlineData("meta.created le \"2026-11-23T10:00:00.001Z\"", true)]
    [InlineData("meta.lastModified gt \"0001-01-03T00:00:00.0000000Z\" and meta.lastModified le \"9999-12-31T23:59:59Z\"", true)]
    [InlineData("meta.created pr", true)]
    public void Dates_compare_as_instants(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("count eq 12", true)]
    [InlineData("count eq 12.0", true)]
    [InlineData("count eq 1.2e1", true)]
    [InlineData("count ne 12", false)]
    [InlineData("count gt 9", true)]
    [InlineData("count gt 12", false)]
    [InlineData("count ge 12", true)]
    [InlineData("count lt 100", true)]
    [InlineData("count lt -100", false)]
    [InlineData("count le 12", true)]
    [InlineData("weight eq 1.5", true)]
    [InlineData("weight gt 1.49999", true)]
    [InlineData("sizes eq -2.0", true)]
    [InlineData("sizes lt -1", true)]
    [InlineData("sizes lt -2", false)]
    [InlineData("sizes gt 10", true)]
    [InlineData("sizes[value gt 10 and value lt 0]", false)]
    [InlineData("sizes gt 10 and sizes lt 0", true)]
    [InlineData("made eq \"2026-11-23T10:00:00Z\"", true)]
    [InlineData("tags eq \"RED\"", true)]
    [InlineData("tags ne \"red\"", true)]
    [InlineData("tags[value eq \"red\"]", true)]
    [InlineData("tags[value eq \"red\" and value eq \"green\"]", false)]
    [InlineData("tags eq \"red\" and tags eq \"green\"", true)]
    [InlineData("codes eq \"x1\"", false)]
    [InlineData("codes eq \"X1\"", true)]
    [InlineData("code eq \"ab\"", false)]
    [InlineData("image pr", true)]
    [InlineData("home sw \"https://example.com/C\"", true)]
    [InlineData("parts pr", false)]
    [InlineData("not (parts[value pr])", true)]
    [InlineData("shelf eq \"s1\"", true)]
    [InlineData("urn:example:schemas:Stock:Extra:shelf pr", false)]
    [InlineData("urn:example:schemas:Stock pr", true)]
    [InlineData("urn:example:schemas:Stock:Extra pr", false)]
    public void Numbers_simple_lists_and_other_schemas_follow_their_types(string text, bool expected)
    {
        var filter = FilterRules.Check(FilterParser.Parse(text, Sample.Widget, Sample.Strict), Sample.Widget, Sample.Strict);

        FilterMatch.Matches(filter, Sample.Widget, Cog).Should().Be(expected);
    }

    [Theory]
    [InlineData("emails.type eq \"work\"", true)]
    [InlineData("emails.type eq \"other\"", false)]
    [InlineData("emails.type ne \"work\"", true)]
    [InlineData("phoneNumbers.value ne \"555-0100\"", false)]
    [InlineData("not (emails.type eq \"work\")", false)]
    [InlineData("emails.display pr", true)]
    [InlineData("emails pr", true)]
    [InlineData("emails co \"jensen.org\"", true)]
    [InlineData("emails eq \"BABS@jensen.org\"", true)]
    [InlineData("emails.value ew \".com\" and emails.value ew \".org\"", true)]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"", true)]
    [InlineData("schemas eq \"URN:ietf:params:scim:schemas:core:2.0:user\"", true)]
    [InlineData("schemas eq \"urn:other\"", false)]
    public void Any_value_of_several_may_satisfy_an_expression(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("emails.type eq \"work\" and emails.value co \"jensen.org\"", true)]
    [InlineData("emails[type eq \"work\" and value co \"jensen.org\"]", false)]
    [InlineData("emails[type eq \"home\" and value co \"jensen.org\"]", true)]
    [InlineData("emails[type eq \"work\"] and emails[value co \"jensen.org\"]", true)]
    [InlineData("emails[type eq \"work\" or value co \"jensen.org\"]", true)]
    [InlineData("emails[not (type eq \"work\") and primary eq true]", false)]
    [InlineData("emails[not (primary eq true)]", true)]
    [InlineData("emails[primary ne true]", true)]
    [InlineData("emails[display pr and type eq \"work\"]", false)]
    [InlineData("emails[type eq \"work\" and display eq null]", true)]
    [InlineData("not (emails[type eq \"other\"])", true)]
    [InlineData("emails[(type eq \"work\" or type eq \"home\") and display eq \"babs\"]", true)]
    [InlineData("name[familyName sw \"o\" and givenName sw \"b\"]", true)]
    [InlineData("photos[type eq \"photo\"]", false)]
    [InlineData("not (photos[type eq \"photo\"])", true)]
    [InlineData("photos[type ne \"photo\"]", false)]
    public void Brackets_ask_one_value_for_all(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("nickName pr", false)]
    [InlineData("not (nickName pr)", true)]
    [InlineData("nickName eq \"a\"", false)]
    [InlineData("not (nickName eq \"a\")", true)]
    [InlineData("nickName ne \"a\"", true)]
    [InlineData("not (nickName ne \"a\")", false)]
    [InlineData("nickName co \"\"", false)]
    [InlineData("nickName sw \"a\"", false)]
    [InlineData("nickName ew \"a\"", false)]
    [InlineData("nickName gt \"\"", false)]
    [InlineData("nickName ge \"\"", false)]
    [InlineData("nickName lt \"z\"", false)]
    [InlineData("nickName le \"z\"", false)]
    [InlineData("nickName eq null", true)]
    [InlineData("nickName ne null", false)]
    [InlineData("title eq null", false)]
    [InlineData("title ne null", true)]
    [InlineData("name.middleName pr", false)]
    [InlineData("name.middleName ne \"x\"", true)]
    [InlineData("name pr", true)]
    [InlineData("ims pr", false)]
    [InlineData("ims.type eq \"xmpp\"", false)]
    [InlineData("ims.type ne \"xmpp\"", true)]
    [InlineData("ims eq null", true)]
    [InlineData("costCenter pr", false)]
    [InlineData("costCenter ne \"x\"", true)]
    [InlineData("groups pr", false)]
    public void What_is_unassigned_is_not_present_equals_null_and_differs_from_all(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"tours\"", true)]
    [InlineData("URN:IETF:PARAMS:SCIM:schemas:extension:enterprise:2.0:user:DEPARTMENT eq \"tours\"", true)]
    [InlineData("department eq \"tours\"", true)]
    [InlineData("employeeNumber eq \"0042\"", true)]
    [InlineData("employeeNumber eq \"42\"", false)]
    [InlineData("manager.value eq \"Boss-1\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref ew \"Boss-1\"", true)]
    [InlineData("manager[value eq \"Boss-1\"]", true)]
    [InlineData("manager pr", true)]
    [InlineData("manager.displayName pr", false)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr", true)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:title pr", true)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:id pr", true)]
    public void Extension_attributes_are_found_with_and_without_their_URN(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("title pr or nickName pr and nickName pr", true)]
    [InlineData("(title pr or nickName pr) and nickName pr", false)]
    [InlineData("not (title pr) or active eq true", true)]
    [InlineData("not (title pr or active eq true)", false)]
    [InlineData("not (title pr and nickName pr)", true)]
    public void Logical_operators_combine_by_their_precedence(string filter, bool expected) => Matches(filter).Should().Be(expected);

    [Theory]
    [InlineData("active eq \"True\"", true, Quirk.BooleanAsTextInFilter)]
    [InlineData("emails[primary eq \"true\"]", true, Quirk.BooleanAsTextInFilter)]
    [InlineData("emails[primary eq \"False\"].value pr", false, Quirk.BooleanAsTextInFilter, Quirk.ComparisonBehindValuePath)]
    [InlineData("manager eq \"Boss-1\"", true, Quirk.ComplexComparedByValue)]
    [InlineData("employeeNumber eq 0042", true, Quirk.UnquotedText)]
    [InlineData("phoneNumbers.value sw 555", true, Quirk.UnquotedText)]
    [InlineData("emails[type eq \"work\"].value eq \"babs@jensen.org\"", false, Quirk.ComparisonBehindValuePath)]
    [InlineData("emails[type eq \"home\"].value eq \"babs@jensen.org\"", true, Quirk.ComparisonBehindValuePath)]
    public void A_client_s_deviation_has_the_meaning_that_the_client_has_in_mind(string text, bool expected, params Quirk[] quirks)
    {
        var lenient = Sample.Lenient;

        var filter = FilterRules.Check(FilterParser.Parse(text, Sample.User, lenient), Sample.User, lenient);

        FilterMatch.Matches(filter, Sample.User, Babs).Should().Be(expected);
        lenient.Used.Should().BeEquivalentTo(quirks);
        Refusal.Told(() => Matches(text)).Should().Be("400 invalidFilter");
    }

    [Theory]
    [InlineData("name pr")]
    [InlineData("name.givenName pr")]
    [InlineData("title pr")]
    [InlineData("emails pr")]
    public void Empty_text_and_a_complex_value_of_nothing_else_are_not_present(string filter)
    {
        var document = Sample.ReadUser("""
            "name": {"givenName": ""}, "title": "", "emails": [{"value": ""}]
            """, strict: true);

        FilterMatch.Matches(FilterParser.Parse(filter, Sample.User, Sample.Strict), Sample.User, document.Attributes).Should().BeFalse();
    }

    private static bool Matches(string text)
    {
        var filter = FilterRules.Check(FilterParser.Parse(text, Sample.User, Sample.Strict), Sample.User, Sample.Strict);
        return FilterMatch.Matches(filter, Sample.User, Babs);
    }

    private static AttributeValue.Complex Resource(ResourceType type, string name, string json)
    {
        var document = Sample.Read(type, json, strict: true);
        var meta = AttributeValue.Complex.Empty
            .With("resourceType", new AttributeValue.Text(name))
            .With("created", new AttributeValue.Text("2026-11-23T10:00:00.000Z"))
            .With("lastModified", new AttributeValue.Text("2026-11-23T12:30:00.000Z"))
            .With("version", new AttributeValue.Text("W/\"a330\""));
        return document.Attributes
            .With("schemas", new AttributeValue.Multi([.. document.SchemaUrns.Select(urn => new AttributeValue.Text(urn))]))
            .With("id", new AttributeValue.Text("2819c223-7f76"))
            .With("meta", meta);
    }
}
