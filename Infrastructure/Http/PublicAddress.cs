using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using ScimSlice.Infrastructure.Configuration;
using ScimSlice.Infrastructure.Scim.Protocol;

namespace ScimSlice.Infrastructure.Http;

/// <summary>
/// The URLs that are handed out: the configured public base, or else the address that the server listens on. Never what a
/// request's Host header says.
/// </summary>
public sealed class PublicAddress(ScimSliceOptions options, IServer server)
{
    /// <summary>Below the public base, where SCIM is served.</summary>
    public const string ScimPath = "/scim/v2";

    /// <summary>The same without the version of the protocol. URLs that are handed out name it.</summary>
    public const string UnversionedPath = "/scim";

    private PublicUrls? urls;

    /// <summary>The URLs. Where none is configured they are known once the server listens.</summary>
    public PublicUrls Urls => urls ?? Find();

    /// <summary>The addresses that the server listens on; empty before it has started.</summary>
    public IReadOnlyList<BindingAddressParts> Listening =>
        [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(BindingAddressParts.Parse)];

    /// <summary>Nothing is remembered of what is asked before the server listens.</summary>
    private PublicUrls Find()
    {
        var origin = options.PublicBaseUrl ?? Listening.OrderBy(address => address.IsHttps ? 0 : 1).FirstOrDefault()?.Origin;
        var found = new PublicUrls($"{origin ?? "http://localhost"}{ScimPath}");
        urls = origin is null ? null : found;
        return found;
    }
}
