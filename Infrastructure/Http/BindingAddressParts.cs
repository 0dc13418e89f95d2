using System.Net;
using Microsoft.AspNetCore.Http;

namespace ScimSlice.Infrastructure.Http;

/// <summary>A listening address: whether it is HTTPS, a wildcard, loopback only, and the origin by which a client can reach it.</summary>
public sealed record BindingAddressParts(string Origin, bool IsHttps, bool IsWildcard, bool IsLoopback)
{
    public static BindingAddressParts Parse(string address)
    {
        var binding = BindingAddress.Parse(address);
        if (binding.IsUnixPipe || binding.IsNamedPipe)
        {
            // Reached through a proxy on this machine only.
            return new BindingAddressParts("http://localhost", IsHttps: false, IsWildcard: false, IsLoopback: true);
        }

        var host = binding.Host.Trim('[', ']');
        var parsed = IPAddress.TryParse(host, out var ip);
        var wildcard = host is "*" or "+" || (parsed && (ip!.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
        var loopback = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (parsed && IPAddress.IsLoopback(ip!));
        var shown = wildcard ? "localhost" : binding.Host;
        return new BindingAddressParts(
            new UriBuilder(binding.Scheme, shown, binding.Port).Uri.GetLeftPart(UriPartial.Authority),
            binding.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase),
            wildcard,
            loopback);
    }
}
