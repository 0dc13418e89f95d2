using System.Net;
using FluentAssertions;
using ScimSlice.Infrastructure.Outbound;
using Xunit;

namespace ScimSlice.Tests.Outbound;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("20.190.128.1")]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("100.128.0.1")]
    [InlineData("2603:1037:1:c8::8")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void Public_addresses_are_reached(string address) => new AddressGuard([]).Allows(IPAddress.Parse(address)).Should().BeTrue();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::10.0.0.1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("2001:db8::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("::127.0.0.1")]
    public void Others_are_not(string address) => new AddressGuard([]).Allows(IPAddress.Parse(address)).Should().BeFalse();

    [Fact]
    public void What_the_operator_allows_is_reached_and_its_neighbours_are_not()
    {
        var guard = new AddressGuard([IPNetwork.Parse("10.1.2.0/24"), IPNetwork.Parse("fd00::/16")]);

        guard.Allows(IPAddress.Parse("10.1.2.3")).Should().BeTrue();
        guard.Allows(IPAddress.Parse("::ffff:10.1.2.3")).Should().BeTrue();
        guard.Allows(IPAddress.Parse("fd00::1")).Should().BeTrue();
        guard.Allows(IPAddress.Parse("10.1.3.3")).Should().BeFalse();
        guard.AllowsLoopback.Should().BeFalse();
    }
}
