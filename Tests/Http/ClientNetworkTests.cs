using System.Net;
using FluentAssertions;
using ScimSlice.Infrastructure.Http;
using Xunit;

namespace ScimSlice.Tests.Http;

public sealed class ClientNetworkTests
{
    [Theory]
    [InlineData("203.0.113.77", "203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8:ffff:ffff::/64", "2001:db8::/32")]
    [InlineData("::1", "::/64", "::/32")]
    [InlineData("fe80::1%3", "fe80::/64", "fe80::/32")]
    [InlineData(null, "unknown", "unknown")]
    public void A_network_is_what_the_bits_say(string? address, string assigned, string anonymous)
    {
        var read = address is null ? null : IPAddress.Parse(address);

        ClientNetwork.Of(read, ClientNetwork.Assigned).Should().Be(assigned);
        ClientNetwork.Of(read, ClientNetwork.Anonymous).Should().Be(anonymous);
    }
}
