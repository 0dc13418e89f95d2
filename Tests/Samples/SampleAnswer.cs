using System.Text.Json.Nodes;
using FluentAssertions;
using ScimSlice.Tests.Support;

namespace ScimSlice.Tests.Samples;

/// <summary>What the receiver of the samples answers a message with.</summary>
internal sealed record SampleAnswer(int Status, string Body)
{
    public void ShouldBeAcknowledged()
    {
        Status.Should().Be(200, Body);
        JsonNode.Parse(Body).ShouldBeJson("""{ "acknowledged": true }""");
    }
}
