using System.Net;
using System.Net.Sockets;

namespace ScimSlice.Infrastructure.Outbound;

/// <summary>
/// Which addresses the service connects to when somebody names a URL: public ones, and those that the operator allows. Whoever may name a
/// URL must not reach what only this machine reaches: its own ports, its network, the metadata of a cloud.
/// </summary>
public sealed class AddressGuard(IReadOnlyList<IPNetwork> allowed)
{
    /// <summary>Special-purpose addresses (IANA), from which no public service answers.</summary>
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>All that is assigned for use on the Internet.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>IPv4 behind a translator (RFC 6052): what counts is the address that is reached.</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether loopback addresses are allowed, to which plain HTTP may be spoken: nobody listens between.</summary>
    public bool AllowsLoopback => Allows(IPAddress.Loopback) || Allows(IPAddress.IPv6Loopback);

    public bool Allows(IPAddress address)
    {
        var reached = Reached(address);
        return allowed.Any(network => network.Contains(reached)) || IsPublic(reached);
    }

    private static bool IsPublic(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address)) && !NotPublic.Any(network => network.Contains(address));

    private static IPAddress Reached(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : Translated.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12))
        : address;
}
