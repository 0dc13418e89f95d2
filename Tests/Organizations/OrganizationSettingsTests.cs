using FluentAssertions;
using ScimSlice.Infrastructure.Organizations;
using Xunit;

namespace ScimSlice.Tests.Organizations;

public sealed class OrganizationSettingsTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"roles":null,"emailDomains":null,"defaultRole":null}""")]
    [InlineData("""{"aRuleOfALaterVersion":7}""")]
    public void What_is_missing_has_the_shipped_value(string json) =>
        OrganizationSettings.Parse(json).ToJson().Should().Be(OrganizationSettings.Shipped.ToJson());

    [Fact]
    public void What_is_written_reads_back()
    {
        var rules = new OrganizationSettings { EmailDomains = ["x.com"], Roles = ["boss"], DefaultRole = "boss", Strict = true };

        OrganizationSettings.Parse(rules.ToJson()).Should().BeEquivalentTo(rules);
    }

    [Fact]
    public void The_shipped_rules_have_no_fault() => OrganizationSettings.Shipped.Fault().Should().BeNull();
}
