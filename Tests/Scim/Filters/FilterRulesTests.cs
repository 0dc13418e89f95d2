using FluentAssertions;
using ScimSlice.Infrastructure.Scim.Filters;
using ScimSlice.Infrastructure.Scim.Schemas;
using Xunit;

namespace ScimSlice.Tests.Scim.Filters;

public sealed class FilterRulesTests
{
    [Theory]
    [InlineData("shoeSize eq 5")]
    [InlineData("emails.shoeSize eq \"a\"")]
    [InlineData("emails[shoeSize eq \"a\"]")]
    [InlineData("emails[emails.type eq \"a\"]")]
    [InlineData("emails[userName eq \"a\"]")]
    [InlineData("emails[urn:ietf:params:scim:schemas:core:2.0:User:type eq \"a\"]")]
    [InlineData("userName.value eq \"a\"")]
    [InlineData("schemas.value eq \"a\"")]
    [InlineData("email eq \"a\"")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq \"a\"")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:department eq \"a\"")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:userName eq \"a\"")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User pr")]
    public void An_unknown_attribute_is_refused(string text) => Told(text).Should().Be("400 invalidFilter");

    [Theory]
    [InlineData("active gt true")]
    [InlineData("active ge true")]
    [InlineData("active lt true")]
    [InlineData("active le true")]
    [InlineData("active co true")]
    [InlineData("active sw true")]
    [InlineData("active ew true")]
    [InlineData("emails.primary gt true")]
    [InlineData("emails[primary gt true]")]
    [InlineData("x509Certificates.value gt \"AQID\"")]
    [InlineData("x509Certificates.value le \"AQID\"")]
    [InlineData("x509Certificates co \"AQ\"")]
    [InlineData("meta.created co \"2026\"")]
    [InlineData("meta.created sw \"2026\"")]
    [InlineData("title gt null")]
    [InlineData("title co null")]
    [InlineData("emails[type sw null]")]
    public void An_operator_that_does_not_suit_the_type_is_refused(string text) => Told(text).Should().Be("400 invalidFilter");

    [Theory]
    [InlineData("active eq \"yes\"")]
    [InlineData("active eq 1")]
    [InlineData("active eq \"\"")]
    [InlineData("meta.created gt 5")]
    [InlineData("meta.created gt true")]
    [InlineData("meta.created gt \"2019-10-17\"")]
    [InlineData("meta.created gt \"2019-10-17T\"")]
    [InlineData("meta.created gt \"2019-13-17T00:00:00Z\"")]
    [InlineData("meta.created gt \"2019-10-17 00:00:00Z\"")]
    [InlineData("meta.created gt \"0001-01-01T00:00:00+14:00\"")]
    [InlineData("meta.created gt \"\"")]
    [InlineData("profileUrl eq 5")]
    [InlineData("x509Certificates.value eq 5")]
    public void A_value_of_another_type_is_refused(string text) => Told(text).Should().Be("400 invalidFilter");

    [Theory]
    [InlineData("name eq \"a\"")]
    [InlineData("name co \"a\"")]
    [InlineData("meta eq \"a\"")]
    [InlineData("addresses eq \"a\"")]
    [InlineData("userName[value eq \"a\"]")]
    [InlineData("name.familyName[value eq \"a\"]")]
    [InlineData("emails.value[value eq \"a\"]")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User eq \"a\"")]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User[department eq \"a\"]")]
    public void A_complex_attribute_needs_the_name_of_a_sub_attribute(string text) => Told(text).Should().Be("400 invalidFilter");

    [Theory]
    [InlineData("password eq \"a\"")]
    [InlineData("password pr")]
    [InlineData("PASSWORD sw \"a\"")]
    [InlineData("not (password eq null)")]
    [InlineData("password ne \"a\" and userName pr")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:password pr")]
    [InlineData("password[value pr]")]
    public void The_password_cannot_be_filtered_on(string text) => Told(text).Should().Be("400 invalidFilter");

    [Theory]
    [InlineData("active eq \"True\"")]
    [InlineData("manager eq \"a\"")]
    [InlineData("title eq 5")]
    [InlineData("title eq true")]
    public void Deviations_are_refused_in_strict_mode_only(string text)
    {
        Told(text).Should().Be("accepted");
        Told(text, strict: true).Should().Be("400 invalidFilter");
    }

    [Theory]
    [InlineData("emails co \"a\"", "emails.value co \"a\"")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:emails eq null", "urn:ietf:params:scim:schemas:core:2.0:User:emails.value eq null")]
    [InlineData("manager ne \"a\"", "manager.value ne \"a\"")]
    [InlineData("active eq \"TRUE\" or not (emails[primary eq \"false\"])", "active eq true or not (emails[primary eq false])")]
    [InlineData("emails pr and name pr", "emails pr and name pr")]
    public void A_checked_filter_says_what_it_means(string text, string meant)
    {
        var filter = FilterRules.Check(FilterParser.Parse(text, Sample.User, Sample.Lenient), Sample.User, Sample.Lenient);

        filter.ToString().Should().Be(meant);
        FilterRules.Check(filter, Sample.User, Sample.Strict).Should().Be(filter);
    }

    [Theory]
    [InlineData("count eq \"5\"", "400 invalidFilter")]
    [InlineData("count sw 5", "400 invalidFilter")]
    [InlineData("count eq true", "400 invalidFilter")]
    [InlineData("weight gt 5", "accepted")]
    [InlineData("tags[value eq \"a\"]", "accepted")]
    [InlineData("tags[display eq \"a\"]", "400 invalidFilter")]
    [InlineData("label[value eq \"a\"]", "400 invalidFilter")]
    [InlineData("origin eq \"a\"", "400 invalidFilter")]
    public void Numbers_and_simple_lists_have_rules_of_their_own(string text, string expected) => Told(text, type: Sample.Widget).Should().Be(expected);

    private static string Told(string text, bool strict = false, ResourceType? type = null)
    {
        type ??= Sample.User;
        var quirks = strict ? Sample.Strict : Sample.Lenient;
        return Refusal.Told(() => FilterRules.Check(FilterParser.Parse(text, type, quirks), type, quirks));
    }
}
