using System.Text.Json.Nodes;
using FluentAssertions;

namespace ScimSlice.Tests.Support;

/// <summary>Expectations of JSON, which do not depend on the order of members.</summary>
public static class Json
{
    public static void ShouldBeJson(this JsonNode? actual, string expected) =>
        JsonNode.DeepEquals(actual, JsonNode.Parse(expected)).Should().BeTrue($"{actual?.ToJsonString() ?? "nothing"} should be {expected}");

    /// <summary>A SCIM error with this status, on the wire and in the body, and with a detail. RFC 7644 §3.12.</summary>
    public static void ShouldBeError(this ScimAnswer answer, int status, string? scimType = null)
    {
        answer.Status.Should().Be(status, answer.Text);
        answer.ContentHeaders.ContentType!.MediaType.Should().Be("application/scim+json");
        answer.Body["schemas"].ShouldBeJson("""["urn:ietf:params:scim:api:messages:2.0:Error"]""");
        answer.Body["status"]!.GetValue<string>().Should().Be($"{status}");
        answer.ScimType.Should().Be(scimType, answer.Text);
        answer.Detail.Should().NotBeNullOrWhiteSpace();
        answer.RequestId.Should().NotBeNull("the detail ends with it: {0}", answer.Raw);
    }
}
