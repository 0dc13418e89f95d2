using System.Net;
using System.Net.Sockets;

namespace ScimSlice.Infrastructure.Http;

/// <summary>The network that a client's address belongs to, where the address itself is too fine: it can be changed at will, or is a person's.</summary>
public static class ClientNetwork
{
    /// <summary>What one client has at least: an IPv4 address, of IPv6 a /64 (RFC 6177). Whoever is given more has more attempts.</summary>
    public static readonly (int V4, int V6) Assigned = (32, 64);

    /// <summary>What usually names a provider's network and not whose machine it is.</summary>
    public static readonly (int V4, int V6) Anonymous = (24, 32);

    /// <summary>The network in CIDR form, <c>203.0.113.0/24</c>; the address alone where all its bits count, and <c>unknown</c> for none.</summary>
    public static string Of(IPAddress? address, (int V4, int V6) bits)
    {
        if (address is null)
        {
            return "unknown";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes();
        var kept = plain.AddressFamily == AddressFamily.InterNetworkV6 ? bits.V6 : bits.V4;
        if (kept == bytes.Length * 8)
        {
            return plain.ToString();
        }

        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] &= (byte)(0xff00 >> Math.Clamp(kept - (index * 8), 0, 8));
        }

        return $"{new IPAddress(bytes)}/{kept}";
    }
}
